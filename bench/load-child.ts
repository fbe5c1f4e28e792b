import { assignBody, clusterBody } from './document';
import { loadHttp } from './http-load';

const [kind, port, connections, seconds] = process.argv.slice(2);
const [path, body] = kind === 'assign' ? ['/graphql', assignBody] as const : kind === 'cluster' ? ['/cluster', clusterBody] as const : ['/bare', clusterBody] as const;
void loadHttp({ port: Number(port), connections: Number(connections), seconds: Number(seconds), path, body }).then((r) => process.stdout.write(JSON.stringify(r) + '\n'));
