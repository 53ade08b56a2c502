import { createLogger, startTelemetry } from '@kubeplant/kit';
import type { SiteModel } from '@kubeplant/crds/model';
import { installRights } from '../../../../e2e/src/kubernetes/install-rights.ts';
import { createKubeApi, type KubeApi } from '../../../../e2e/src/kubernetes/kube-api.ts';
import { kubeconfigFor } from '../../../../e2e/src/kubernetes/service-account.ts';
import { kubeconfigAccess } from '../api/cluster-access.ts';
import { createTransport } from '../api/transport.ts';
import { startCaches } from '../cache/caches.ts';
import { type ApiNews, startOperator } from '../operator.ts';
import { createEventRecorder } from '../runtime/events.ts';
import { createOperatorMetrics } from '../runtime/metrics.ts';

/** A namespace with an operator that looks after it alone, with exactly the rights that ship. */
export interface TestOperator {
  readonly admin: KubeApi;
  readonly namespace: string;
  /** Models the api was given, last first. */
  readonly published: SiteModel[];
  /** Speak as the api. */
  readonly news: () => ApiNews;
  /** Requests that changed something, as `METHOD path`. */
  readonly writes: string[];
  /** Server-side apply as a user would. */
  apply(object: { readonly apiVersion: string; readonly kind: string; readonly metadata: { readonly name: string } }): Promise<Answer>;
  get(plural: string, name: string, group?: string): Promise<Answer>;
  list(plural: string, group?: string): Promise<Answer[]>;
  remove(plural: string, name: string, group?: string): Promise<void>;
  /** Stop the operator, and start it again with an empty memory. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: answers of the API server are not typed in tests
type Answer = any;

/** Options of a test operator. `confirm`: the api accepts every model at once (default true); `api: false`: there is none. */
export interface TestOptions {
  readonly api?: boolean;
  readonly confirm?: boolean;
  readonly propagationMs?: number;
}

export const OURS = 'kubeplant.io/v1alpha1';
const telemetry = startTelemetry({ service: 'test', version: '0' });

/** Start one in a new namespace. */
export async function startTestOperator(kubeconfig: string, namespace: string, options: TestOptions = {}): Promise<TestOperator> {
  const admin = createKubeApi(kubeconfig);
  await admin.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await installRights(admin);
  const robot = await kubeconfigFor({ api: admin, admin: kubeconfig }, { namespace: 'kubeplant', name: 'kubeplant-operator' });
  const published: SiteModel[] = [];
  const writes: string[] = [];
  let running = await run();

  async function run() {
    const stop = new AbortController();
    const log = createLogger({ name: 'test', level: process.env.KUBEPLANT_TEST_LOG ?? 'fatal' });
    const inner = createTransport({ access: await kubeconfigAccess(robot), userAgent: 'test' });
    const transport = {
      ...inner,
      request: (method: Parameters<typeof inner.request>[0], path: string, rest?: Parameters<typeof inner.request>[2]) => {
        if (method !== 'GET' && !path.includes('/events')) writes.push(`${method} ${path}`);
        return inner.request(method, path, rest);
      },
    };
    const caches = startCaches({ transport, log, onRelist: () => {}, namespace }, stop.signal);
    await caches.synced;
    let news: ApiNews | undefined;
    const connectApi = (to: ApiNews) => {
      news = to;
      return {
        publish: (model: SiteModel) => {
          published.unshift(model);
          if (options.confirm !== false) setTimeout(() => to.accepted(model), 1);
        },
        remove: () => {},
        synced: () => {},
        isConnected: () => true,
        close: async () => {},
      };
    };
    const operator = startOperator({
      caches,
      transport,
      log,
      events: createEventRecorder({ transport, log, instance: 'test', now: () => new Date() }),
      metrics: createOperatorMetrics(telemetry.meter),
      cluster: 'test',
      rootKey: 'key of the test',
      caPem: 'CA of the test',
      settings: {
        image: 'collector:test',
        simulatorImage: 'simulator:test',
        ingestEndpoint: 'kubeplant-api.kubeplant.svc:8443',
        logLevel: 'info',
      },
      ingest: { host: 'kubeplant-api.kubeplant.svc', port: 8443 },
      connectApi: options.api === false ? undefined : connectApi,
      propagationMs: options.propagationMs,
      now: () => new Date(),
    });
    const close = async () => {
      await operator.close();
      stop.abort();
      await caches.done;
      await transport.close();
    };
    return { close, news: () => news as ApiNews };
  }

  const path = (group: string, plural: string, name = '') =>
    `${group === '' ? '/api/v1' : `/apis/${group}`}/namespaces/${namespace}/${plural}${name === '' ? '' : `/${name}`}`;
  return {
    admin,
    namespace,
    published,
    writes,
    news: () => running.news(),
    apply: (object) =>
      admin.must(
        'PATCH',
        `${path(object.apiVersion === 'v1' ? '' : object.apiVersion, PLURALS[object.kind] ?? '', object.metadata.name)}?fieldManager=user&force=true`,
        object,
        'application/apply-patch+yaml',
      ),
    get: async (plural, name, group = OURS) => {
      const answer = await admin.request('GET', path(group, plural, name));
      return answer.status === 404 ? undefined : answer.body;
    },
    list: async (plural, group = OURS) => (await admin.must('GET', path(group, plural))).items,
    remove: async (plural, name, group = OURS) => void (await admin.must('DELETE', path(group, plural, name))),
    restart: async () => {
      await running.close();
      running = await run();
    },
    close: async () => {
      await running.close();
      admin.close();
    },
  };
}

const PLURALS: Readonly<Record<string, string>> = {
  Site: 'sites',
  Device: 'devices',
  DeviceProfile: 'deviceprofiles',
  AlarmRule: 'alarmrules',
  Simulation: 'simulations',
  StatefulSet: 'statefulsets',
  ConfigMap: 'configmaps',
};

/** A condition of an object, as `status reason`. */
export const condition = (object: Answer, type: string): string | undefined => {
  const found = object?.status?.conditions?.find((item: Answer) => item.type === type);
  return found === undefined ? undefined : `${found.status} ${found.reason}`;
};
