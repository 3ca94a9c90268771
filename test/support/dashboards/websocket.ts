import type { AppMetricNames } from './names.ts';
import { appVariables, chosen, type Dashboard, graph, stat } from './panel.ts';

const by = 'app, environment';
const each = '{{app}} {{environment}}';
const replica = `${each} {{replica}}`;

/** Connections and messages, and whether the replicas share them evenly. */
export const websocket = (names: AppMetricNames): Dashboard => {
  const rate = (metric: string) => `rate(${metric}{${chosen}}[$__rate_interval])`;
  const delivered = rate(names.websocketDelivered);
  return {
    uid: 'siskin-websocket',
    title: 'WebSocket',
    description: 'Connections, messages, deliveries that failed, and how evenly the replicas deliver.',
    variables: appVariables,
    rows: [
      {
        title: 'Connections',
        panels: [
          stat('Open now', 'short', {
            [each]: `sum by (${by}) (${names.websocketConnections}{${chosen}})`,
          }),
          graph(
            'Open, by replica',
            'short',
            { [replica]: `${names.websocketConnections}{${chosen}}` },
            { width: 18, stacked: true },
          ),
        ],
      },
      {
        title: 'Messages',
        panels: [
          graph('Sent and received', 'ops', {
            [`${each} sent`]: `sum by (${by}) (${rate(names.messagesSent)})`,
            [`${each} received`]: `sum by (${by}) (${rate(names.messagesReceived)})`,
          }),
          graph('Delivered, by replica', 'ops', { [replica]: delivered }, { stacked: true }),
          graph(
            'Share that could not be delivered',
            'percentunit',
            {
              [each]: `sum by (${by}) (${rate(names.websocketFailed)}) / (sum by (${by}) (${rate(names.websocketFailed)} + ${delivered}) > 0)`,
            },
            { min: 0, red: 0.02 },
          ),
          graph(
            'Imbalance between replicas',
            'short',
            {
              [each]: `(max by (${by}) (${delivered}) - min by (${by}) (${delivered})) / (avg by (${by}) (${delivered}) > 0)`,
            },
            {
              width: 24,
              min: 0,
              red: 1,
              description: '(most − least) ÷ average: 0 is even; 1 calls somebody.',
            },
          ),
        ],
      },
    ],
  };
};
