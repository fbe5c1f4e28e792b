import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy } from './csp';
import { etagOf, isKnown } from './etag';
import { FAVICON } from './look';

interface Asset {
  readonly type: string;
  readonly gzipped: Buffer;
  readonly etag: string;
}

/** `GET /graphiql` and the files that it loads, all from here: it works with no internet. */
export async function graphiqlPage(app: FastifyInstance): Promise<void> {
  let assets: Promise<ReadonlyMap<string, Asset>> | undefined;

  app.get('/graphiql', (_request, reply) => {
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .send(PAGE);
  });

  app.get<{ Params: { file: string } }>('/graphiql/:file', async (request, reply) => {
    assets ??= loadAssets();
    const asset = (await assets).get(request.params.file);
    if (asset === undefined) return reply.callNotFound();
    reply.header('vary', 'Accept-Encoding');
    if (isKnown(request, reply, asset.etag)) return reply;
    return reply.type(asset.type).header('content-encoding', 'gzip').send(asset.gzipped);
  });
}

/** Nine megabytes of text, so not before someone looks; and kept as two megabytes of gzip. */
async function loadAssets(): Promise<ReadonlyMap<string, Asset>> {
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  const files = [
    ['start.js', 'text/javascript; charset=utf-8', START],
    ['graphiql.js', 'text/javascript; charset=utf-8', graphiql.js],
    ['graphiql.css', 'text/css; charset=utf-8', graphiql.css],
    ['editor.worker.js', 'text/javascript; charset=utf-8', graphiql.editorWorkerService],
    ['json.worker.js', 'text/javascript; charset=utf-8', graphiql.jsonWorker],
    ['graphql.worker.js', 'text/javascript; charset=utf-8', graphiql.graphqlWorker],
  ] as const;
  return new Map(
    await Promise.all(
      files.map(async ([name, type, text]): Promise<[string, Asset]> => {
        return [name, { type, gzipped: await promisify(gzip)(text), etag: etagOf(text) }];
      }),
    ),
  );
}

const DEFAULT_QUERY = `# Put someone into a room. Then watch the city, in a second tab:
#   subscription { roomMembershipChanged(city: "Lisbon") { seq kind userId room { id memberCount } } }
mutation {
  assignCluster(input: { userId: "ana", city: "Lisbon", interests: { climbing: true } }) {
    cluster
    segment { label }
    room { name memberCount }
  }
}
`;

/** Runs in the browser. Sockets send the key that the headers editor holds, as requests do. */
const START = `'use strict';
const workers = { editorWorkerService: 'editor', json: 'json', graphql: 'graphql' };
self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => '/graphiql/' + workers[label] + '.worker.js',
};
function credentials() {
  try {
    const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'));
    const headers = Object.entries(JSON.parse(tabs[activeTabIndex].headers));
    const [, authorization] = headers.find(([name]) => name.toLowerCase() === 'authorization');
    return { authorization };
  } catch {
    return {}; // no headers, or not JSON yet
  }
}
YogaGraphiQL.renderYogaGraphiQL(document.querySelector('#root'), {
  title: 'Tertulia',
  endpoint: '/graphql',
  subscriptionsProtocol: 'WS',
  connectionParams: credentials,
  defaultQuery: ${JSON.stringify(DEFAULT_QUERY)},
});
`;

const POLICY = contentSecurityPolicy({
  'script-src': "'self'",
  'worker-src': "'self'",
  'style-src': "'self' 'unsafe-inline'", // the editor writes style elements
  'font-src': "'self' data:",
  'img-src': "'self' data:",
  'connect-src': "'self'",
});

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphiQL · Tertulia</title>
<link rel="icon" href="${FAVICON}">
<link rel="stylesheet" href="/graphiql/graphiql.css">
</head>
<body class="no-focus-outline">
<noscript>GraphiQL needs JavaScript.</noscript>
<div id="root"></div>
<script src="/graphiql/graphiql.js"></script>
<script src="/graphiql/start.js"></script>
</body>
</html>
`;
