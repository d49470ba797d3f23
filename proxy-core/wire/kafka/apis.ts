import { groupMessages } from './messages/groups.ts';
import { sessionMessages } from './messages/sessions.ts';
import { topicMessages } from './messages/topics.ts';
import { type Field, fieldsOf, rest, tags } from './schema.ts';

/** Names of the APIs by their keys (https://kafka.apache.org/protocol#protocol_api_keys). */
const names =
  `Produce Fetch ListOffsets Metadata LeaderAndIsr StopReplica UpdateMetadata ControlledShutdown OffsetCommit OffsetFetch
  FindCoordinator JoinGroup Heartbeat LeaveGroup SyncGroup DescribeGroups ListGroups SaslHandshake ApiVersions CreateTopics
  DeleteTopics DeleteRecords InitProducerId OffsetForLeaderEpoch AddPartitionsToTxn AddOffsetsToTxn EndTxn WriteTxnMarkers
  TxnOffsetCommit DescribeAcls CreateAcls DeleteAcls DescribeConfigs AlterConfigs AlterReplicaLogDirs DescribeLogDirs
  SaslAuthenticate CreatePartitions CreateDelegationToken RenewDelegationToken ExpireDelegationToken DescribeDelegationToken
  DeleteGroups ElectLeaders IncrementalAlterConfigs AlterPartitionReassignments ListPartitionReassignments OffsetDelete
  DescribeClientQuotas AlterClientQuotas DescribeUserScramCredentials AlterUserScramCredentials Vote BeginQuorumEpoch EndQuorumEpoch
  DescribeQuorum AlterPartition UpdateFeatures Envelope FetchSnapshot DescribeCluster DescribeProducers BrokerRegistration
  BrokerHeartbeat UnregisterBroker DescribeTransactions ListTransactions AllocateProducerIds ConsumerGroupHeartbeat
  ConsumerGroupDescribe ControllerRegistration GetTelemetrySubscriptions PushTelemetry AssignReplicasToDirs ListConfigResources
  DescribeTopicPartitions ShareGroupHeartbeat ShareGroupDescribe ShareFetch ShareAcknowledge AddRaftVoter RemoveRaftVoter
  UpdateRaftVoter InitializeShareGroupState ReadShareGroupState WriteShareGroupState DeleteShareGroupState
  ReadShareGroupStateSummary StreamsGroupHeartbeat StreamsGroupDescribe DescribeShareGroupOffsets AlterShareGroupOffsets
  DeleteShareGroupOffsets`.split(/\s+/);

/** Keys of the APIs that are treated in a way of their own. */
export const api = {
  produce: 0,
  fetch: 1,
  metadata: 3,
  joinGroup: 11,
  heartbeat: 12,
  saslHandshake: 17,
  apiVersions: 18,
  saslAuthenticate: 36,
} as const;

export const MOST_API = names.length - 1;

/** Versions are small: the highest of any API is 18. */
export const MOST_VERSION = 30;

export function apiName(key: number): string {
  return names[key] ?? `Api ${String(key)}`;
}

const messages = { ...topicMessages, ...groupMessages, ...sessionMessages };

/** Tokens by which somebody may come in, credentials, and requests inside of requests: of these APIs no content is kept but what is described. */
const secretive: ReadonlySet<number> = new Set([33, 36, 38, 39, 40, 41, 44, 51, 58]);

export function isSecretive(key: number): boolean {
  return secretive.has(key);
}

/** True where the bodies of that version are described. */
export function isDescribed(key: number, version: number): boolean {
  const most = messages[key]?.most;
  return most !== undefined && version >= 0 && version <= most;
}

const known = new Map<number, readonly Field[]>();

/**
 * The fields behind the fixed numbers that a request or an answer begins with. Where the version is not described, these are the client’s name at most, and what
 * is left.
 */
export function messageFields(side: 'request' | 'response', key: number, version: number): readonly Field[] {
  if (!isDescribed(key, version)) return side === 'request' ? [clientId, rest] : [rest];
  const id = (key * (MOST_VERSION + 1) + version) * 2 + (side === 'request' ? 0 : 1);
  const before = known.get(id);
  if (before !== undefined) return before;
  const fields = [...headFields(side, key, version), ...bodyFields(side, key, version)];
  known.set(id, fields);
  return fields;
}

const headTags: Field = { ...tags, name: 'header' };
const clientId: Field = { name: 'clientId', kind: 'string', of: [], tag: -1, compact: false };

/** Request header v1 and v2, response header v0 and v1. Clients read the answer to ApiVersions before they know what a broker speaks: it has no tags. */
function headFields(side: 'request' | 'response', key: number, version: number): Field[] {
  const flexible = version >= (messages[key]?.flexible ?? Infinity);
  if (side === 'request') return flexible ? [clientId, headTags] : [clientId];
  return flexible && key !== api.apiVersions ? [headTags] : [];
}

function bodyFields(side: 'request' | 'response', key: number, version: number): readonly Field[] {
  const of = messages[key];
  return of === undefined ? [rest] : fieldsOf(of[side], version, version >= of.flexible);
}
