export const systemNames = { node: 'https://nodejs.org/en/download' };

/** Package names that differ from Debian's, by package manager. */
const managers = {
  dnf: {
    command: 'sudo dnf install',
    names: {
      'docker.io': 'moby-engine',
      'redis-server': 'redis',
      'busybox-static': 'busybox',
      'libnginx-mod-stream': 'nginx-mod-stream',
    },
  },
  pacman: {
    command: 'sudo pacman -S',
    names: {
      'docker.io': 'docker',
      'redis-server': 'redis',
      'busybox-static': 'busybox',
      'openssh-server': 'openssh',
      'libnginx-mod-stream': 'nginx-mod-stream',
    },
  },
  apk: {
    command: 'sudo apk add',
    names: { 'docker.io': 'docker', 'redis-server': 'redis', 'libnginx-mod-stream': 'nginx-mod-stream' },
  },
  zypper: {
    command: 'sudo zypper install',
    names: {
      'docker.io': 'docker',
      'redis-server': 'redis',
      'openssh-server': 'openssh',
      prometheus: 'golang-github-prometheus-prometheus',
    },
  },
  brew: {
    command: 'brew install',
    names: {
      'docker.io': 'docker colima',
      'redis-server': 'redis',
      'busybox-static': '',
      'openssh-server': 'openssh',
    },
  },
};

const managerOf = {
  fedora: 'dnf',
  rhel: 'dnf',
  centos: 'dnf',
  arch: 'pacman',
  alpine: 'apk',
  suse: 'zypper',
  darwin: 'brew',
};

/**
 * The command that installs Debian's packages on another system, or their plain names where none is known.
 * @param system facts.system @param packages Debian's names @param programs what must be on PATH
 */
export function howToInstall(system, packages, programs) {
  const family = [system.id, ...system.like].find((id) => id in managerOf);
  if (family === undefined)
    return `install them with your package manager; on PATH must be: ${programs.join(', ')}`;
  const { command, names } = managers[managerOf[family]];
  return `${command} ${packages.map((name) => names[name] ?? name).join(' ')}`.trim();
}
