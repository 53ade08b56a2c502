import { ApiError } from '@kubeplant/api-client';
import CheckCircle from '@mui/icons-material/CheckCircle';
import RadioButtonUnchecked from '@mui/icons-material/RadioButtonUnchecked';
import { Alert, Box, Button, Typography } from '@mui/material';
import { type FormEvent, useState } from 'react';
import { useDeps } from '../app/DepsContext.tsx';
import { PasswordField } from './PasswordField.tsx';
import { passwordRules } from './password-rules.ts';

/** What the form takes. */
export interface PasswordFormProps {
  readonly username: string;
  readonly presentPassword?: string;
  readonly onDone?: () => void;
}

/** Present password, new one twice, and the rules as they are met. */
export function PasswordForm({ username, presentPassword = '', onDone }: PasswordFormProps) {
  const { session } = useDeps();
  const [present, setPresent] = useState(presentPassword);
  const [wanted, setWanted] = useState('');
  const [again, setAgain] = useState('');
  const [problem, setProblem] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const rules = passwordRules(wanted, username);
  const fieldError = (field: string): string | undefined => {
    const found = problem?.problem.errors?.find((error) => error.field === field);
    return found === undefined ? undefined : `This ${found.message}.`;
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      await session.changePassword(present, wanted);
      onDone?.();
    } catch (cause) {
      if (!(cause instanceof ApiError)) throw cause;
      setProblem(cause);
    } finally {
      setBusy(false);
    }
  };
  const mismatch = again !== '' && again !== wanted;
  return (
    <form onSubmit={(event) => void submit(event)}>
      {problem !== undefined && problem.problem.errors === undefined && <Alert severity="error">{problem.message}</Alert>}
      {presentPassword === '' && (
        <PasswordField
          label="Present password"
          value={present}
          onChange={setPresent}
          autoComplete="current-password"
          error={fieldError('oldPassword')}
        />
      )}
      <PasswordField
        label="New password"
        value={wanted}
        onChange={setWanted}
        autoComplete="new-password"
        error={fieldError('newPassword')}
        autoFocus={presentPassword !== ''}
      />
      <PasswordField
        label="New password again"
        value={again}
        onChange={setAgain}
        autoComplete="new-password"
        error={mismatch ? 'The two are not the same.' : undefined}
      />
      <Box component="ul" sx={{ listStyle: 'none', p: 0, my: 1.5 }}>
        {rules.map((rule) => (
          <Box component="li" key={rule.text} sx={{ display: 'flex', alignItems: 'center', gap: 1, py: 0.2 }}>
            {rule.met ? <CheckCircle fontSize="small" color="primary" /> : <RadioButtonUnchecked fontSize="small" color="disabled" />}
            <Typography variant="body2">
              {rule.text}
              <span className="visually-hidden">{rule.met ? ' (kept)' : ' (not yet)'}</span>
            </Typography>
          </Box>
        ))}
      </Box>
      <Button
        type="submit"
        variant="contained"
        size="large"
        fullWidth
        disabled={busy || present === '' || wanted !== again || rules.some((rule) => !rule.met)}
      >
        {busy ? 'Changing …' : 'Change password'}
      </Button>
    </form>
  );
}
