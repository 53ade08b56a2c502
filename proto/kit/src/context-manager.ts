import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/** Carries the active OpenTelemetry context through awaits and callbacks. */
export function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (context, fn, thisArg, ...args) => storage.run(context, () => fn.apply(thisArg as ThisParameterType<typeof fn>, args)),
    bind: (context, target) => (typeof target === 'function' ? bindFunction(storage, context, target) : target),
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
}

function bindFunction<T>(storage: AsyncLocalStorage<Context>, context: Context, target: T): T {
  const call = target as unknown as (...args: unknown[]) => unknown; // the caller has checked that it is a function
  const bound = function (this: unknown, ...args: unknown[]): unknown {
    return storage.run(context, () => call.apply(this, args));
  };
  // Same parameters and result as the function it wraps.
  return bound as unknown as T;
}
