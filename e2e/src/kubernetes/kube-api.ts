import { Agent, request } from 'node:https';
import { type Access, readKubeconfig } from './kubeconfig.ts';

/** An answer of the API server; `body` is parsed JSON, or text. */
export interface KubeAnswer {
  readonly status: number;
  // The shape depends on the request; tests look at what they asked for.
  // biome-ignore lint/suspicious/noExplicitAny: answers of the API server are not typed here
  readonly body: any;
}

/** A plain client for tests: raw requests, no retries, no cache. */
export interface KubeApi {
  /** `contentType` defaults to JSON; server-side apply is `application/apply-patch+yaml`. */
  request(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeAnswer>;
  /** The same, but an answer of 400 or more is an error. */
  must(method: string, path: string, body?: unknown, contentType?: string): Promise<KubeAnswer['body']>;
  close(): void;
}

/** Client for a kubeconfig of the test cluster. */
export const createKubeApi = (kubeconfig: string): KubeApi => createKubeApiFor(readKubeconfig(kubeconfig));

/** Client for an identity. */
export function createKubeApiFor(access: Access): KubeApi {
  const { credentials } = access;
  const agent = new Agent({
    keepAlive: true,
    ca: access.caPem,
    ...(credentials.kind === 'certificate' ? { cert: credentials.certPem, key: credentials.keyPem } : {}),
  });
  const headers = credentials.kind === 'token' ? { authorization: `Bearer ${credentials.token}` } : {};

  const send = (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<KubeAnswer> =>
    new Promise((resolve, reject) => {
      const bodyHeaders = body === undefined ? {} : { 'content-type': contentType };
      const sent = request(new URL(path, access.server), { method, agent, headers: { ...headers, ...bodyHeaders } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: parseBody(Buffer.concat(chunks).toString()) }));
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });

  return {
    request: send,
    must: async (method, path, body, contentType) => {
      const answer = await send(method, path, body, contentType);
      if (answer.status >= 400)
        throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.message ?? JSON.stringify(answer.body)}`);
      return answer.body;
    },
    close: () => agent.destroy(),
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
