import { type Dashboard, graph, stat } from './panel.ts';

const node = 'instance=~"$instance"';
const disks = `fstype!~"tmpfs|ramfs|overlay|squashfs|iso9660", ${node}`;

/** The machines, by node-exporter. */
export const hosts: Dashboard = {
  uid: 'siskin-hosts',
  title: 'Hosts',
  description: 'Processor, memory, disks and network of the machines.',
  variables: [{ name: 'instance', label: 'Machine', series: 'node_uname_info', of: 'instance' }],
  rows: [
    {
      title: 'Machines',
      panels: [
        stat('Run for', 's', { '{{instance}}': `time() - node_boot_time_seconds{${node}}` }),
        stat('Load of 5 minutes', 'short', { '{{instance}}': `node_load5{${node}}` }),
        graph(
          'Processor',
          'percentunit',
          {
            '{{instance}}': `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle", ${node}}[$__rate_interval]))`,
          },
          { width: 12, min: 0, max: 1, red: 0.85 },
        ),
        graph(
          'Memory in use',
          'percentunit',
          {
            '{{instance}}': `1 - node_memory_MemAvailable_bytes{${node}} / (node_memory_MemTotal_bytes{${node}} > 0)`,
          },
          { min: 0, max: 1, red: 0.9 },
        ),
        graph(
          'Disks, free',
          'percentunit',
          {
            '{{instance}} {{mountpoint}}': `node_filesystem_avail_bytes{${disks}} / (node_filesystem_size_bytes{${disks}} > 0)`,
          },
          { min: 0, max: 1 },
        ),
        graph('Network', 'Bps', {
          '{{instance}} {{device}} in': `rate(node_network_receive_bytes_total{device!~"lo|veth.*|br-.*", ${node}}[$__rate_interval])`,
          '{{instance}} {{device}} out': `rate(node_network_transmit_bytes_total{device!~"lo|veth.*|br-.*", ${node}}[$__rate_interval])`,
        }),
      ],
    },
  ],
};
