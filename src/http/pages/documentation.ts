import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ClientError } from '../../errors';
import { defaultModelFolder } from '../../models/shipped/default-model';
import { packageRoot } from '../../package-root';
import { contentSecurityPolicy, hashSource } from './csp';
import { etagOf, isKnown } from './etag';
import { PICTURE_POLICY } from './heatmap';
import { FAVICON, STYLE } from './look';
import { renderMarkdown } from './markdown';

/** The shipped documentation: what each page is called in its address and in the navigation, and its file. */
const PAGES = [
  { page: 'readme', name: 'README', file: 'README.md' },
  { page: 'protocol', name: 'Protocol', file: 'PROTOCOL.md' },
  { page: 'security', name: 'Security', file: 'SECURITY.md' },
  { page: 'changelog', name: 'Changelog', file: 'CHANGELOG.md' },
  { page: 'contributing', name: 'Contributing', file: 'CONTRIBUTING.md' },
] as const;

type Page = (typeof PAGES)[number];

/** By the file that a document links to: the address that shows it. Other files are not served. */
const ADDRESSES = new Map<string, string>(PAGES.map(({ page, file }) => [file, `/docs/${page}`]));

/** `GET /docs`, `GET /docs/{page}`: the documentation as pages; `GET /docs/heatmap.svg`: the shipped model's picture. */
export async function documentation(app: FastifyInstance): Promise<void> {
  const rendered = new Map<Page, Promise<string>>();

  app.get('/docs', (_request, reply) => reply.redirect('/docs/readme'));

  app.get<{ Params: { page: string } }>('/docs/:page', async (request, reply) => {
    const page = PAGES.find((known) => known.page === request.params.page);
    if (page === undefined) {
      throw new ClientError(
        'NOT_FOUND',
        `There is no page "${request.params.page}": there are ${PAGES.map((known) => known.page).join(', ')}`,
      );
    }
    let html = rendered.get(page);
    if (html === undefined) {
      html = render(page);
      rendered.set(page, html);
    }
    return send(request, reply, 'text/html', await html);
  });

  app.get('/docs/heatmap.svg', async (request, reply) =>
    send(request, reply, 'image/svg+xml', await readFile(join(defaultModelFolder, 'nomads.svg'), 'utf8')),
  );
}

function send(request: FastifyRequest, reply: FastifyReply, type: string, text: string): FastifyReply {
  reply.header('content-security-policy', type === 'text/html' ? PAGE_POLICY : PICTURE_POLICY);
  if (isKnown(request, reply, etagOf(text))) return reply;
  return reply.type(`${type}; charset=utf-8`).send(text);
}

async function render(page: Page): Promise<string> {
  const markdown = await readFile(join(packageRoot, page.file), 'utf8');
  const { html, title, contents } = renderMarkdown(markdown, (target) => ADDRESSES.get(target) ?? null);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title === 'Tertulia' ? title : `${title} · Tertulia`}</title>
<link rel="icon" href="${FAVICON}">
<style>${DOCUMENT_STYLE}</style>
</head>
<body>
<nav class="pages" aria-label="Documentation">
<a href="/">Tertulia</a>
${PAGES.map((other) => `<a href="/docs/${other.page}"${other === page ? ' aria-current="page"' : ''}>${other.name}</a>`).join('\n')}
</nav>
<div class="columns">
<nav class="contents" aria-label="On this page">
${contents.map(({ id, text }) => `<a href="#${id}">${text}</a>`).join('\n')}
</nav>
<main class="document">
${html}
</main>
</div>
</body>
</html>
`;
}

const DOCUMENT_STYLE = `${STYLE}
.pages { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: .9rem 1.25rem; border-bottom: 1px solid var(--line); background: var(--card); }
.pages a { display: inline; padding: 0; border: 0; background: none; color: var(--soft); }
.pages a:first-child { font: 600 1.05rem Georgia, serif; color: var(--accent); }
.pages a:hover, .pages a:focus-visible { text-decoration: underline; }
.pages [aria-current] { color: var(--ink); font-weight: 600; }
.columns { display: grid; grid-template-columns: 13rem minmax(0, 48rem); gap: 2.5rem; justify-content: center; padding: 0 1.25rem; }
.contents { position: sticky; top: 0; align-self: start; display: block; max-height: 100vh; margin: 0; padding: 2.5rem 0; overflow-y: auto; }
.contents a { display: block; padding: .2rem 0; border: 0; border-radius: 0; background: none; font-size: .9rem; color: var(--soft); }
.contents a:hover, .contents a:focus-visible { color: var(--accent); }
.document { max-width: none; margin: 0; padding: 2.5rem 0 5rem; }
.document h2 { scroll-margin-top: 1rem; }
.document h3 { margin: 2rem 0 .4rem; font-size: 1.1rem; scroll-margin-top: 1rem; }
.document table { display: block; width: max-content; max-width: 100%; margin: 1.25rem 0; overflow-x: auto; border-collapse: collapse; font-size: .95rem; }
.document th, .document td { padding: .45rem .75rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
.document th { background: var(--card); }
.document pre code { color: inherit; font-size: inherit; }
.document blockquote { margin: 1rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--soft); }
@media (max-width: 52rem) { .columns { display: block; } .contents { display: none; } }
@media print { .pages, .contents { display: none; } .columns { display: block; } pre, table { break-inside: avoid; } }
`;

const PAGE_POLICY = contentSecurityPolicy({
  'style-src': hashSource(DOCUMENT_STYLE),
  'img-src': "'self' data:",
});
