import type { Meter } from '@kubeplant/kit';

/** Metrics under controller-runtime's names, so that the usual dashboards work; the exporter adds `_total` to counters. */
export interface OperatorMetrics {
  reconciled(controller: string, result: 'success' | 'error' | 'requeue_after', seconds: number): void;
  requested(request: { readonly method: string; readonly status: number; readonly seconds: number }): void;
  relisted(kind: string, reason: string): void;
  written(controller: string, what: 'status' | 'child'): void;
  observeDepth(controller: string, depth: () => number): void;
  observeLeading(name: string, leading: () => boolean): void;
}

export function createOperatorMetrics(meter: Meter): OperatorMetrics {
  const reconciles = meter.createCounter('controller_runtime_reconcile', { description: 'Reconciliations by controller and result' });
  const errors = meter.createCounter('controller_runtime_reconcile_errors', { description: 'Reconciliations that failed' });
  const times = meter.createHistogram('controller_runtime_reconcile_time_seconds', { description: 'Time of a reconciliation' });
  const requests = meter.createCounter('rest_client_requests', { description: 'Requests to the API server' });
  const requestTimes = meter.createHistogram('rest_client_request_duration_seconds', {
    description: 'Time of a request to the API server',
  });
  const relists = meter.createCounter('kubeplant_operator_relists', { description: 'Complete lists after the first' });
  const writes = meter.createCounter('kubeplant_operator_writes', { description: 'Objects written' });
  const depths = meter.createObservableGauge('workqueue_depth', { description: 'Keys waiting' });
  const leading = meter.createObservableGauge('leader_election_master_status', { description: '1 while this process leads' });
  return {
    reconciled: (controller, result, seconds) => {
      reconciles.add(1, { controller, result });
      if (result === 'error') errors.add(1, { controller });
      times.record(seconds, { controller });
    },
    requested: ({ method, status, seconds }) => {
      requests.add(1, { method, code: String(status) });
      requestTimes.record(seconds, { verb: method });
    },
    relisted: (kind, reason) => relists.add(1, { kind, reason }),
    written: (controller, what) => writes.add(1, { controller, what }),
    observeDepth: (controller, depth) => depths.addCallback((result) => result.observe(depth(), { name: controller, controller })),
    observeLeading: (name, isLeading) => leading.addCallback((result) => result.observe(isLeading() ? 1 : 0, { name })),
  };
}
