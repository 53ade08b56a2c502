import type { Device } from '@kubeplant/api-client';
import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import ErrorIcon from '@mui/icons-material/Error';
import { Box, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useClient } from '../app/DepsContext.tsx';
import { useTokens } from '../app/theme.ts';
import { FindingLine } from '../findings/FindingLine.tsx';
import { formatReason } from '../format/reason.ts';
import { Section } from '../overview/Section.tsx';
import { ErrorState, LoadingState } from '../ui/Notice.tsx';
import { deviceConditions } from './read-conditions.ts';

/** Conditions as on Kubernetes, and what the plan has to say. */
export function DeviceFindings({ device }: { readonly device: Device }) {
  const client = useClient();
  const tokens = useTokens();
  const { namespace, name } = device;
  const query = useQuery({
    queryKey: ['conditions', namespace, name],
    refetchInterval: 5_000,
    queryFn: async ({ signal }) => ({
      resource: await client.resources.get(namespace, 'devices', name),
      findings: (await client.findings.list({ namespace, kind: 'Device', name, limit: 200 }, signal)).items,
    }),
  });
  if (query.isPending) return <LoadingState />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <Box sx={{ display: 'grid', gap: 1.5 }}>
      <Section title="Conditions">
        {deviceConditions(query.data.resource, device).map(({ type, status, reason, message }) => (
          <Box key={type} sx={{ display: 'flex', gap: 1, py: 0.6, color: status === 'False' ? tokens.bad : 'inherit' }}>
            {status === 'False' ? <ErrorIcon fontSize="small" /> : <CheckCircleOutlined fontSize="small" color="disabled" />}
            <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
              <b>
                {type}: {status}
              </b>{' '}
              {formatReason(reason)}
              {message === '' ? '' : ` – ${message}`}
            </Typography>
          </Box>
        ))}
      </Section>
      <Section title="Findings">
        {query.data.findings.length === 0 && <Typography color="textSecondary">Nothing to correct in the declaration.</Typography>}
        {query.data.findings.map((finding) => (
          <FindingLine key={`${finding.reason} ${finding.field} ${finding.message}`} finding={finding} />
        ))}
      </Section>
    </Box>
  );
}
