/** How to install a program that is missing, on the system that this is. */
import { readFile } from 'node:fs/promises';

/** Which command installs packages, by the `ID` or `ID_LIKE` of /etc/os-release. */
const installers: readonly (readonly [RegExp, string])[] = [
  [/\b(debian|ubuntu)\b/, 'sudo apt install'],
  [/\b(fedora|rhel|centos)\b/, 'sudo dnf install'],
  [/\b(arch)\b/, 'sudo pacman -S'],
  [/\b(suse|opensuse)\b/, 'sudo zypper install'],
  [/\balpine\b/, 'sudo apk add'],
];

/** `install it with: sudo apt install valgrind`. */
export async function installHint(packageName: string): Promise<string> {
  if (process.platform !== 'linux') return 'programs are recorded on Linux: record there, and open the .walkrec here';
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return installLine(release, packageName);
}

/** `release`: the text of /etc/os-release. */
export function installLine(release: string, packageName: string): string {
  const ids = [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].map(([, id = '']) => id).join(' ');
  const installer = installers.find(([pattern]) => pattern.test(ids))?.[1];
  return installer === undefined
    ? `install the package ${packageName} of your system`
    : `install it with: ${installer} ${packageName}`;
}
