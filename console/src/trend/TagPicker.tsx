import type { Tag } from '@kubeplant/api-client';
import { Autocomplete, Box, TextField, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';

/** Search for a tag to draw. */
export function TagPicker({
  taken,
  disabled,
  onPick,
}: {
  readonly taken: readonly string[];
  readonly disabled: boolean;
  readonly onPick: (path: string) => void;
}) {
  const client = useClient();
  const [text, setText] = useState('');
  const q = useDeferredValue(text);
  const query = useQuery({
    queryKey: ['tag-picker', q],
    queryFn: ({ signal }) => client.tags.list({ limit: 30, ...(q === '' ? {} : { q }) }, signal).then(({ items }) => items),
    placeholderData: (previous) => previous,
  });
  return (
    <Autocomplete<Tag>
      size="small"
      sx={{ width: { xs: '100%', sm: 300 } }}
      disabled={disabled}
      value={null}
      inputValue={text}
      onInputChange={(_, next, reason) => setText(reason === 'input' ? next : '')}
      options={(query.data ?? []).filter(({ path, kind }) => kind !== 'Text' && !taken.includes(path))}
      filterOptions={(options) => options}
      getOptionLabel={({ path }) => path}
      getOptionKey={({ path }) => path}
      loading={query.isPending}
      noOptionsText={query.isError ? 'The tags could not be read.' : 'No such tag'}
      onChange={(_, tag) => {
        if (tag !== null) onPick(tag.path);
      }}
      renderOption={({ key, ...props }, tag) => (
        <Box component="li" key={key} {...props}>
          <Box>
            <Typography variant="body2" sx={{ fontWeight: 600 }}>
              {tag.device} / {tag.name} {tag.designation}
            </Typography>
            <Typography variant="caption" color="textSecondary">
              {[tag.description, tag.unit].filter(Boolean).join(', ')}
            </Typography>
          </Box>
        </Box>
      )}
      renderInput={(params) => <TextField {...params} margin="none" type="search" label={disabled ? 'All pens are taken' : 'Add a tag'} />}
    />
  );
}
