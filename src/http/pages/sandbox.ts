import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { contentSecurityPolicy, hashSource } from './csp';
import { FAVICON } from './look';

/** Whether `GET /graphql` comes from a browser's address line rather than from a client. */
export function wantsPage({ method, headers }: FastifyRequest): boolean {
  const accept = headers.accept ?? '';
  return method === 'GET' && accept.includes('text/html') && !accept.includes('json');
}

/**
 * Apollo Sandbox, embedded: the frame and its script come from Apollo's servers, the requests go
 * from this page to this gateway. Where those servers cannot be reached, the page says so.
 */
export function sendSandbox(reply: FastifyReply): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', POLICY)
    .header('cache-control', 'no-cache')
    .header('vary', 'Accept')
    .send(PAGE);
}

/** `GET /graphql/sandbox.js`: starts Sandbox on that page. */
export async function sandboxScript(app: FastifyInstance): Promise<void> {
  app.get('/graphql/sandbox.js', (_request, reply) => {
    reply.type('text/javascript; charset=utf-8').header('cache-control', 'no-cache').send(SCRIPT);
  });
}

const CDN = 'https://embeddable-sandbox.cdn.apollographql.com';

const SCRIPT = `'use strict';
const note = document.querySelector('#note');
const script = document.createElement('script');
script.src = '${CDN}/_latest/embeddable-sandbox.umd.production.min.js';
script.onerror = () => { note.dataset.state = 'unreachable'; };
script.onload = () => {
  note.remove();
  new window.EmbeddedSandbox({
    target: '#sandbox',
    initialEndpoint: location.origin + '/graphql',
    initialSubscriptionEndpoint: location.origin.replace(/^http/, 'ws') + '/graphql',
    endpointIsEditable: false,
    hideCookieToggle: true,
    runTelemetry: false,
    allowDynamicStyles: false,
  });
};
document.head.append(script);
`;

const STYLE = `
html, body, #sandbox { height: 100%; margin: 0; }
iframe { width: 100%; height: 100%; border: 0; background: #fff; }
#note { position: absolute; inset: 0; display: grid; place-content: center; padding: 2rem; text-align: center; font: 1.1rem/1.6 system-ui, sans-serif; color: #1f2430; background: #faf7f2; }
#note strong { display: none; color: #b4472c; }
#note[data-state=unreachable] strong { display: block; }
a { color: #b4472c; }
`;

const POLICY = contentSecurityPolicy({
  'script-src': `'self' ${CDN}`,
  'style-src': hashSource(STYLE),
  'frame-src': 'https://sandbox.embed.apollographql.com',
  'connect-src': "'self'",
  'img-src': 'data:',
});

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Apollo Sandbox · Tertulia</title>
<link rel="icon" href="${FAVICON}">
<style>${STYLE}</style>
</head>
<body>
<div id="sandbox"></div>
<div id="note"><p><strong>Apollo Sandbox cannot be reached from here.</strong>
Apollo Sandbox loads from the internet. <a href="/graphiql">GraphiQL</a> does the same without it.</p></div>
<script src="/graphql/sandbox.js"></script>
</body>
</html>
`;
