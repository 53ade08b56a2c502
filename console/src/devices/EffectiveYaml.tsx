import { useQuery } from '@tanstack/react-query';
import { stringify } from 'yaml';
import { useClient } from '../app/DepsContext.tsx';
import { ErrorState, LoadingState } from '../ui/Notice.tsx';
import { YamlText } from '../ui/YamlText.tsx';

/** The device after the merge with its profile and defaults: what the collector works with. */
export function EffectiveYaml({
  namespace,
  name,
  revision,
}: {
  readonly namespace: string;
  readonly name: string;
  readonly revision: string;
}) {
  const client = useClient();
  const query = useQuery({ queryKey: ['effective', namespace, name, revision], queryFn: () => client.devices.effective(namespace, name) });
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return <YamlText label={`Effective form of ${name}, revision ${revision}`} text={stringify(query.data, { lineWidth: 110 })} />;
}
