import { type Grant, ROLES } from '@kubeplant/api-client';
import DeleteOutline from '@mui/icons-material/DeleteOutlined';
import { Box, Button, IconButton, MenuItem, TextField, Typography } from '@mui/material';
import { useSites } from '../ui/use-sites.ts';

/** Roles and where each holds. */
export function GrantsField({ grants, onChange }: { readonly grants: readonly Grant[]; readonly onChange: (grants: Grant[]) => void }) {
  const { data: sites = [] } = useSites();
  const places = [
    { id: '*/*', label: 'everywhere' },
    ...[...new Set(sites.map(({ namespace }) => namespace))].map((namespace) => ({
      id: `${namespace}/*`,
      label: `in namespace ${namespace}`,
    })),
    ...sites.map(({ namespace, name, displayName }) => ({ id: `${namespace}/${name}`, label: `in ${displayName}` })),
  ];
  const replace = (index: number, grant: Grant): void => onChange(grants.map((old, n) => (n === index ? grant : old)));
  return (
    <Box component="fieldset" sx={{ border: 0, p: 0, m: 0 }}>
      <Typography component="legend" variant="h3" sx={{ mt: 1 }}>
        Roles
      </Typography>
      {grants.map((grant, index) => {
        const place = `${grant.namespace}/${grant.site}`;
        const known = places.some(({ id }) => id === place) ? places : [...places, { id: place, label: place }];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a grant has no name but its place in the list.
          <Box key={index} sx={{ display: 'flex', gap: 1, alignItems: 'center', my: 0.8 }}>
            <TextField
              select
              size="small"
              margin="none"
              label="Role"
              value={grant.role}
              onChange={(event) => replace(index, { ...grant, role: toRole(event.target.value) })}
              sx={{ width: 140 }}
            >
              {ROLES.map((role) => (
                <MenuItem key={role} value={role}>
                  {role}
                </MenuItem>
              ))}
            </TextField>
            <TextField
              select
              size="small"
              margin="none"
              label="Where"
              value={place}
              onChange={(event) => replace(index, { role: grant.role, ...toPlace(event.target.value) })}
              sx={{ flex: 1 }}
            >
              {known.map(({ id, label }) => (
                <MenuItem key={id} value={id}>
                  {label}
                </MenuItem>
              ))}
            </TextField>
            <IconButton aria-label="Remove this role" onClick={() => onChange(grants.filter((_, n) => n !== index))}>
              <DeleteOutline />
            </IconButton>
          </Box>
        );
      })}
      <Button size="small" onClick={() => onChange([...grants, { role: 'viewer', namespace: '*', site: '*' }])}>
        Add a role
      </Button>
    </Box>
  );
}

const toRole = (text: string): Grant['role'] => ROLES.find((role) => role === text) ?? 'viewer';

function toPlace(text: string): { namespace: string; site: string } {
  const [namespace = '*', site = '*'] = text.split('/');
  return { namespace, site };
}
