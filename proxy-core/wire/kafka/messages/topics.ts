import type { Messages } from './api.ts';

/** What is written to topics, read from them and known of them; by the key of the API. */
export const topicMessages: Readonly<Record<number, Messages>> = {
  // Produce
  0: {
    most: 13,
    flexible: 9,
    request: `transactionalId string 3+, acks int16, timeoutMs int32,
      topics [ topic string 0-12, topicId uuid 13+, partitions [ partition int32, records records ] ]`,
    response: `topics [ topic string 0-12, topicId uuid 13+, partitions [
        partition int32, error int16, baseOffset int64, logAppendTime int64 2+, logStartOffset int64 5+,
        recordErrors [ index int32, errorMessage string ] 8+, errorMessage string 8+, #0 currentLeader { id int32, epoch int32 } 10+ ] ],
      throttleMs int32 1+, #0 nodeEndpoints [ nodeId int32, host string, port int32, rack string ] 10+`,
  },
  // Fetch
  1: {
    most: 18,
    flexible: 12,
    request: `replicaId int32 0-14, maxWaitMs int32, minBytes int32, maxBytes int32 3+, isolationLevel int8 4+,
      sessionId int32 7+, sessionEpoch int32 7+,
      topics [ topic string 0-12, topicId uuid 13+, partitions [
        partition int32, leaderEpoch int32 9+, fetchOffset int64, lastFetchedEpoch int32 12+, logStartOffset int64 5+,
        maxBytes int32, #0 replicaDirectoryId uuid 17+, #1 highWatermark int64 18+ ] ],
      forgotten [ forgottenTopic string 0-12, forgottenTopicId uuid 13+, partitions [int32] ] 7+, rackId string 11+,
      #0 clusterId string 12+, #1 replicaState { replicaId int32, replicaEpoch int64 } 15+`,
    response: `throttleMs int32 1+, error int16 7+, sessionId int32 7+,
      topics [ topic string 0-12, topicId uuid 13+, partitions [
        partition int32, error int16, highWatermark int64, lastStableOffset int64 4+, logStartOffset int64 5+,
        abortedTransactions [ producerId int64, firstOffset int64 ] 4+, preferredReadReplica int32 11+, records records,
        #0 divergingEpoch { epoch int32, endOffset int64 } 12+, #1 currentLeader { id int32, epoch int32 } 12+,
        #2 snapshotId { endOffset int64, epoch int32 } 12+ ] ],
      #0 nodeEndpoints [ nodeId int32, host string, port int32, rack string ] 16+`,
  },
  // ListOffsets
  2: {
    most: 11,
    flexible: 6,
    request: `replicaId int32, isolationLevel int8 2+,
      topics [ topic string, partitions [ partition int32, leaderEpoch int32 4+, timestamp int64, maxOffsets int32 0-0 ] ],
      timeoutMs int32 10+`,
    response: `throttleMs int32 2+,
      topics [ topic string, partitions [
        partition int32, error int16, offsets [int64] 0-0, timestamp int64 1+, offset int64 1+, leaderEpoch int32 4+ ] ]`,
  },
  // Metadata
  3: {
    most: 13,
    flexible: 9,
    request: `topics [ topicId uuid 10+, topic string ], allowAutoTopicCreation bool 4+,
      includeClusterOperations bool 8-10, includeTopicOperations bool 8+`,
    response: `throttleMs int32 3+, brokers [ nodeId int32, host string, port int32, rack string 1+ ],
      clusterId string 2+, controllerId int32 1+,
      topics [ error int16, topic string, topicId uuid 10+, internal bool 1+,
        partitions [ error int16, partition int32, leader int32, leaderEpoch int32 7+, replicas [int32], inSync [int32],
          offline [int32] 5+ ],
        operations int32 8+ ],
      clusterOperations int32 8-10, error int16 13+`,
  },
  // CreateTopics
  19: {
    most: 7,
    flexible: 5,
    request: `topics [ topic string, partitions int32, replicationFactor int16,
        assignments [ partition int32, brokers [int32] ], configs [ name string, value string ] ],
      timeoutMs int32, validateOnly bool 1+`,
    response: `throttleMs int32 2+,
      topics [ topic string, topicId uuid 7+, error int16, errorMessage string 1+, partitions int32 5+, replicationFactor int16 5+,
        configs [ name string, value string, readOnly bool, source int8, sensitive bool ] 5+,
        #0 configsError int16 5+ ]`,
  },
  // DeleteTopics
  20: {
    most: 6,
    flexible: 4,
    request: 'topics [string] 0-5, topics [ topic string, topicId uuid ] 6+, timeoutMs int32',
    response: 'throttleMs int32 1+, topics [ topic string, topicId uuid 6+, error int16, errorMessage string 5+ ]',
  },
  // DeleteRecords
  21: {
    most: 2,
    flexible: 2,
    request: 'topics [ topic string, partitions [ partition int32, offset int64 ] ], timeoutMs int32',
    response: 'throttleMs int32, topics [ topic string, partitions [ partition int32, lowWatermark int64, error int16 ] ]',
  },
  // OffsetForLeaderEpoch
  23: {
    most: 4,
    flexible: 4,
    request: `replicaId int32 3+,
      topics [ topic string, partitions [ partition int32, currentLeaderEpoch int32 2+, leaderEpoch int32 ] ]`,
    response: `throttleMs int32 2+,
      topics [ topic string, partitions [ error int16, partition int32, leaderEpoch int32 1+, endOffset int64 ] ]`,
  },
  // CreatePartitions
  37: {
    most: 3,
    flexible: 2,
    request: 'topics [ topic string, count int32, assignments [ brokers [int32] ] ], timeoutMs int32, validateOnly bool',
    response: 'throttleMs int32, topics [ topic string, error int16, errorMessage string ]',
  },
  // DescribeTopicPartitions
  75: {
    most: 0,
    flexible: 0,
    request: 'topics [ topic string ], limit int32, cursor ?[ topic string, partition int32 ]',
    response: `throttleMs int32,
      topics [ error int16, topic string, topicId uuid, internal bool,
        partitions [ error int16, partition int32, leader int32, leaderEpoch int32, replicas [int32], inSync [int32],
          eligible [int32], lastEligible [int32], offline [int32] ],
        operations int32 ],
      cursor ?[ topic string, partition int32 ]`,
  },
};
