import { type Alarm, ApiError } from '@kubeplant/api-client';
import { Box, Button, TextField } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useClient } from '../app/DepsContext.tsx';

/** A remark on an alarm, written to its journal. */
export function CommentForm({ alarm }: { readonly alarm: Alarm }) {
  const client = useClient();
  const [comment, setComment] = useState('');
  const [error, setError] = useState<string>();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setError(undefined);
    const { id, occurrence, version } = alarm;
    try {
      await client.alarms.comment({ id, occurrence, version, comment: comment.trim() });
      setComment('');
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setError(cause.code === 'changed' ? 'The alarm changed meanwhile; read it again, then send the comment.' : cause.message);
    }
  };
  return (
    <Box component="form" onSubmit={(event) => void submit(event)} sx={{ display: 'flex', gap: 1, alignItems: 'start' }}>
      <TextField
        size="small"
        margin="none"
        fullWidth
        label="Comment"
        value={comment}
        onChange={(event) => setComment(event.target.value)}
        error={error !== undefined}
        helperText={error}
        slotProps={{ htmlInput: { maxLength: 1000 } }}
      />
      <Button type="submit" variant="outlined" disabled={comment.trim() === ''}>
        Add
      </Button>
    </Box>
  );
}
