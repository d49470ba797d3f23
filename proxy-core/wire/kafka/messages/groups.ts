import type { Messages } from './api.ts';

/** Groups of consumers and their offsets, and transactions; by the key of the API. */
export const groupMessages: Readonly<Record<number, Messages>> = {
  // OffsetCommit
  8: {
    most: 10,
    flexible: 8,
    request: `group string, generation int32 1+, memberId string 1+, instanceId string 7+, retentionMs int64 2-4,
      topics [ topic string 0-9, topicId uuid 10+, partitions [
        partition int32, offset int64, timestamp int64 1-1, leaderEpoch int32 6+, metadata string ] ]`,
    response: `throttleMs int32 3+, topics [ topic string 0-9, topicId uuid 10+, partitions [ partition int32, error int16 ] ]`,
  },
  // OffsetFetch
  9: {
    most: 10,
    flexible: 6,
    request: `group string 0-7, topics [ topic string, partitions [int32] ] 0-7,
      groups [ group string, memberId string 9+, memberEpoch int32 9+,
        topics [ topic string 8-9, topicId uuid 10+, partitions [int32] ] ] 8+,
      requireStable bool 7+`,
    response: `throttleMs int32 3+,
      topics [ topic string, partitions [
        partition int32, offset int64, leaderEpoch int32 5+, metadata string, error int16 ] ] 0-7,
      error int16 2-7,
      groups [ group string, topics [ topic string 8-9, topicId uuid 10+, partitions [
        partition int32, offset int64, leaderEpoch int32, metadata string, error int16 ] ], error int16 ] 8+`,
  },
  // FindCoordinator
  10: {
    most: 6,
    flexible: 3,
    request: 'key string 0-3, keyType int8 1+, keys [string] 4+',
    response: `throttleMs int32 1+, error int16 0-3, errorMessage string 1-3, nodeId int32 0-3, host string 0-3, port int32 0-3,
      coordinators [ key string, nodeId int32, host string, port int32, error int16, errorMessage string ] 4+`,
  },
  // JoinGroup
  11: {
    most: 9,
    flexible: 6,
    request: `group string, sessionTimeoutMs int32, rebalanceTimeoutMs int32 1+, memberId string, instanceId string 5+,
      protocolType string, protocols [ name string, subscription bytes ], reason string 8+`,
    response: `throttleMs int32 2+, error int16, generation int32, protocolType string 7+, protocol string, leader string,
      skipAssignment bool 9+, memberId string, members [ memberId string, instanceId string 5+, subscription bytes ]`,
  },
  // Heartbeat
  12: {
    most: 4,
    flexible: 4,
    request: 'group string, generation int32, memberId string, instanceId string 3+',
    response: 'throttleMs int32 1+, error int16',
  },
  // LeaveGroup
  13: {
    most: 5,
    flexible: 4,
    request: `group string, memberId string 0-2,
      members [ memberId string, instanceId string, reason string 5+ ] 3+`,
    response: 'throttleMs int32 1+, error int16, members [ memberId string, instanceId string, error int16 ] 3+',
  },
  // SyncGroup
  14: {
    most: 5,
    flexible: 4,
    request: `group string, generation int32, memberId string, instanceId string 3+, protocolType string 5+, protocol string 5+,
      assignments [ memberId string, assignment bytes ]`,
    response: 'throttleMs int32 1+, error int16, protocolType string 5+, protocol string 5+, assignment bytes',
  },
  // DescribeGroups
  15: {
    most: 6,
    flexible: 5,
    request: 'groups [string], includeOperations bool 3+',
    response: `throttleMs int32 1+, groups [ error int16, errorMessage string 6+, group string, state string, protocolType string,
      protocol string, members [ memberId string, instanceId string 4+, clientId string, clientHost string, subscription bytes,
        assignment bytes ], operations int32 3+ ]`,
  },
  // ListGroups
  16: {
    most: 5,
    flexible: 3,
    request: 'states [string] 4+, types [string] 5+',
    response: 'throttleMs int32 1+, error int16, groups [ group string, protocolType string, state string 4+, type string 5+ ]',
  },
  // InitProducerId
  22: {
    most: 6,
    flexible: 2,
    request: `transactionalId string, timeoutMs int32, producerId int64 3+, producerEpoch int16 3+, enable2Pc bool 6+,
      keepPreparedTxn bool 6+`,
    response: `throttleMs int32, error int16, producerId int64, producerEpoch int16, ongoingProducerId int64 6+,
      ongoingProducerEpoch int16 6+`,
  },
  // AddPartitionsToTxn
  24: {
    most: 5,
    flexible: 3,
    request: `transactionalId string 0-3, producerId int64 0-3, producerEpoch int16 0-3,
      topics [ topic string, partitions [int32] ] 0-3,
      transactions [ transactionalId string, producerId int64, producerEpoch int16, verifyOnly bool,
        topics [ topic string, partitions [int32] ] ] 4+`,
    response: `throttleMs int32, error int16 4+,
      transactions [ transactionalId string, topics [ topic string, partitions [ partition int32, error int16 ] ] ] 4+,
      topics [ topic string, partitions [ partition int32, error int16 ] ] 0-3`,
  },
  // AddOffsetsToTxn
  25: {
    most: 4,
    flexible: 3,
    request: 'transactionalId string, producerId int64, producerEpoch int16, group string',
    response: 'throttleMs int32, error int16',
  },
  // EndTxn
  26: {
    most: 5,
    flexible: 3,
    request: 'transactionalId string, producerId int64, producerEpoch int16, committed bool',
    response: 'throttleMs int32, error int16, producerId int64 5+, producerEpoch int16 5+',
  },
  // TxnOffsetCommit
  28: {
    most: 5,
    flexible: 3,
    request: `transactionalId string, group string, producerId int64, producerEpoch int16, generation int32 3+, memberId string 3+,
      instanceId string 3+,
      topics [ topic string, partitions [ partition int32, offset int64, leaderEpoch int32 2+, metadata string ] ]`,
    response: 'throttleMs int32, topics [ topic string, partitions [ partition int32, error int16 ] ]',
  },
  // DeleteGroups
  42: {
    most: 2,
    flexible: 2,
    request: 'groups [string]',
    response: 'throttleMs int32, groups [ group string, error int16 ]',
  },
  // ConsumerGroupHeartbeat
  68: {
    most: 1,
    flexible: 0,
    request: `group string, memberId string, memberEpoch int32, instanceId string, rackId string, rebalanceTimeoutMs int32,
      topics [string], topicRegex string 1+, assignor string, owned [ topicId uuid, partitions [int32] ]`,
    response: `throttleMs int32, error int16, errorMessage string, memberId string, memberEpoch int32, heartbeatMs int32,
      assignment ?[ topics [ topicId uuid, partitions [int32] ] ]`,
  },
};
