import type { FastifyInstance } from 'fastify';
import { contentSecurityPolicy, hashSource } from './csp';
import { FAVICON, STYLE } from './look';

/** `GET /`: what is here, and where. @param explorer whether that is also where to explore the schema. */
export async function homePage(
  app: FastifyInstance,
  { explorer }: { readonly explorer: boolean },
): Promise<void> {
  const page = pageOf(explorer ? [...EXPLORERS, ...PLACES] : PLACES);
  app.get('/', (_request, reply) => {
    reply
      .type('text/html; charset=utf-8')
      .header('content-security-policy', POLICY)
      .header('cache-control', 'no-cache')
      .send(page);
  });
}

const POLICY = contentSecurityPolicy({
  'style-src': hashSource(STYLE),
  'img-src': "'self' data:",
});

type Place = readonly [path: string, name: string, what: string];

const EXPLORERS: readonly Place[] = [
  [
    '/graphql',
    'Apollo Sandbox',
    'Explore the schema, run queries and subscriptions. Loads from the internet.',
  ],
  ['/graphiql', 'GraphiQL', 'The same, served from here: works without internet.'],
];

const PLACES: readonly Place[] = [
  ['/heatmap.svg', 'Heat map', 'What each segment of the model in use likes, interest by interest.'],
  ['/docs/readme', 'Documentation', 'README, protocol, security, changes.'],
  ['/health/ready', 'Health', 'Whether everything that the gateway needs is well.'],
  ['/metrics', 'Metrics', 'Requests, errors, scoring, writes and sockets, for Prometheus.'],
];

const pageOf = (places: readonly Place[]) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tertulia</title>
<link rel="icon" href="${FAVICON}">
<style>${STYLE}</style>
</head>
<body>
<main>
<header>
<h1>Tertulia</h1>
<p>People with interests in common, meeting to talk. This gateway finds a person's segment, puts the
person into the room of that city and segment, and tells whoever watches the city.</p>
</header>
<nav>
${places.map(([path, name, what]) => `<a href="${path}"><strong>${name}</strong><span>${what}</span><code>${path}</code></a>`).join('\n')}
</nav>
<section>
<h2>First steps</h2>
<p>Send this mutation to <code>POST /graphql</code>:</p>
<pre>mutation {
  assignCluster(input: {
    userId: "ana", city: "Lisbon", interests: { climbing: true }
  }) {
    cluster
    room { name memberCount }
  }
}</pre>
<p>Then watch the city with this subscription, over a WebSocket at the same address (graphql-transport-ws). It begins
with the first event, and goes on live:</p>
<pre>subscription {
  roomMembershipChanged(city: "Lisbon", after: 0) {
    seq kind userId
    room { id memberCount }
    at
  }
}</pre>
<p>The <a href="/docs/readme">README</a> says how to run the gateway, its settings, limits and error codes; the
<a href="/docs/protocol">protocol</a>, how to follow a city: events, their order, close codes.</p>
</section>
<section>
<h2>The segments of the model that comes with the gateway</h2>
<figure>
<img src="/docs/heatmap.svg" alt="Heat map of the segments: one row for each interest, one column for each segment">
</figure>
</section>
</main>
</body>
</html>
`;
