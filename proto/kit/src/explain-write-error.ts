const FIXES: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only, mount it for writing',
  EACCES: 'you may not write there, change its permissions',
  EPERM: 'you may not write there, change its permissions',
  ENOSPC: 'its disk is full, free some space',
  EDQUOT: 'your quota is used up, free some space',
  ENOTDIR: 'a part of the path is a file, move that away',
  EEXIST: 'a file is in its place, move that away',
  EMFILE: 'too many files are open, raise the limit (ulimit -n)',
  EIO: 'its disk reports an error, look at the log of the system',
};

const WRITING = /^(open|write|fsync|mkdir|rename|copyfile|link|symlink|chmod|chown|f?truncate|unlink|rm|rmdir|scandir)$/;

/** Why a file or folder cannot be written and what to do; undefined for an error that is of another kind. */
export function explainWriteError(error: unknown): string | undefined {
  const { code = '', syscall = '' } = error as NodeJS.ErrnoException;
  return WRITING.test(syscall) ? FIXES[code] : undefined;
}
