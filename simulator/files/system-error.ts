/** Refusals of the operating system, in words. */

/** What Node adds to an error that a system call has returned. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall: string;
  readonly path?: string;
}

export function isSystemError(error: unknown): error is SystemError {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

/** What the system did not let us do with the file. */
type Access = 'read' | 'write';

const permission: Readonly<Record<Access, string>> = {
  read: 'you do not have permission to read it; change its permissions or run as another user',
  write: 'you do not have permission to write there; change the permissions or choose another folder',
};

/** Reasons that are the same for reading and writing. */
const reasons: Readonly<Record<string, string>> = {
  ENOTDIR: 'a part of its path is a file, not a folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links form a loop',
  ENAMETOOLONG: 'the path is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be larger than the system allows (see ulimit -f)',
  EROFS: 'the disk is read-only',
  EIO: 'the disk reported an error',
  EBUSY: 'another program uses it',
  ETXTBSY: 'it is a program that is running',
  EMFILE: 'this process has too many open files (see ulimit -n)',
  ENFILE: 'the system has too many open files',
  ENOMEM: 'the system is out of memory',
  EPIPE: 'its reader has closed it',
  ENXIO: 'nothing reads from it',
  EBADF: 'it is closed',
  ERR_FS_FILE_TOO_LARGE: 'it is too large to be read at once',
};

/** Why the file could not be read or written: a clause that follows a colon. */
export function reasonOf(error: unknown, access: Access = 'read'): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return access === 'read' ? 'there is no such file' : 'its folder does not exist';
  if (code === 'EACCES' || code === 'EPERM') return permission[access];
  return reasons[code] ?? message;
}
