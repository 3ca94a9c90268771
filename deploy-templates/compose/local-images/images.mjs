/**
 * What each image holds: programs of this machine with their shared libraries, folders taken whole, and the
 * Dockerfile lines that make it behave as the official image of that name does where docker-compose.yml relies on it.
 */
export const images = [
  {
    name: 'siskin-base:local',
    programs: { git: 'usr/bin/git' },
    // For repositories by ssh; absent where this machine has no openssh-client.
    optional: { ssh: 'usr/bin/ssh', 'ssh-keyscan': 'usr/bin/ssh-keyscan' },
    folders: ['/usr/lib/git-core', '/usr/libexec/git-core', '/usr/share/git-core'],
    lines: ['CMD ["node"]'],
  },
  {
    name: 'haproxy:2.8',
    programs: { haproxy: 'usr/local/sbin/haproxy' },
    folders: [],
    lines: ['USER 99', 'STOPSIGNAL SIGUSR1', 'CMD ["haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]'],
  },
  {
    name: 'prom/prometheus:v2.53.4',
    programs: { prometheus: 'bin/prometheus', promtool: 'bin/promtool' },
    folders: [],
    lines: [
      'RUN mkdir -p /prometheus /etc/prometheus && chown 65534:65534 /prometheus',
      'USER 65534',
      'WORKDIR /prometheus',
      'ENTRYPOINT ["/bin/prometheus"]',
    ],
  },
  {
    name: 'redis:7.2-bookworm',
    programs: { 'redis-server': 'usr/local/bin/redis-server', 'redis-cli': 'usr/local/bin/redis-cli' },
    folders: [],
    lines: [
      'RUN mkdir /data && chown 999:999 /data',
      'USER 999:999',
      'WORKDIR /data',
      'CMD ["redis-server"]',
    ],
  },
];
