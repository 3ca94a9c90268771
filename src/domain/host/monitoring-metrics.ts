/**
 * Metrics that an app has to count itself; a Micrometer counter `messages.sent` comes out as `messages_sent_total`.
 * Whoever calls them otherwise changes these names, in rules and dashboards at once.
 */
export const defaultAppMetrics = {
  /** Counters. */
  messagesSent: 'messages_sent_total',
  messagesReceived: 'messages_received_total',
  logins: 'logins_total',
  websocketDelivered: 'websocket_messages_delivered_total',
  websocketFailed: 'websocket_delivery_failures_total',
  redisPublished: 'redis_publish_total',
  redisFailed: 'redis_publish_failures_total',
  /** Gauge. */
  websocketConnections: 'websocket_connections_active',
};
