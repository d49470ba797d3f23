import type { Messages } from './api.ts';

/** Who speaks, which versions, and how brokers are set; by the key of the API. */
export const sessionMessages: Readonly<Record<number, Messages>> = {
  // SaslHandshake
  17: {
    most: 1,
    flexible: Infinity,
    request: 'mechanism string',
    response: 'error int16, mechanisms [string]',
  },
  // ApiVersions
  18: {
    most: 4,
    flexible: 3,
    request: 'softwareName string 3+, softwareVersion string 3+',
    response: `error int16, apis [ api int16, minVersion int16, maxVersion int16 ], throttleMs int32 1+,
      #0 supportedFeatures [ feature string, minVersion int16, maxVersion int16 ], #1 finalizedFeaturesEpoch int64,
      #2 finalizedFeatures [ feature string, maxVersion int16, minVersion int16 ], #3 zkMigrationReady bool`,
  },
  // DescribeConfigs
  32: {
    most: 4,
    flexible: 4,
    request: `resources [ type int8, resource string, configs [string] ], includeSynonyms bool 1+, includeDocumentation bool 3+`,
    response: `throttleMs int32, results [ error int16, errorMessage string, type int8, resource string, configs [
      name string, value string, readOnly bool, default bool 0-0, source int8 1+, sensitive bool,
      synonyms [ name string, value string, source int8 ] 1+, configType int8 3+, documentation string 3+ ] ]`,
  },
  // AlterConfigs
  33: {
    most: 2,
    flexible: 2,
    request: 'resources [ type int8, resource string, configs [ name string, value secret ] ], validateOnly bool',
    response: 'throttleMs int32, results [ error int16, errorMessage string, type int8, resource string ]',
  },
  // SaslAuthenticate
  36: {
    most: 2,
    flexible: 2,
    request: 'authBytes proof',
    response: 'error int16, errorMessage string, authBytes proof, sessionLifetimeMs int64 1+',
  },
  // IncrementalAlterConfigs
  44: {
    most: 1,
    flexible: 1,
    request: 'resources [ type int8, resource string, configs [ name string, operation int8, value secret ] ], validateOnly bool',
    response: 'throttleMs int32, results [ error int16, errorMessage string, type int8, resource string ]',
  },
  // DescribeCluster
  60: {
    most: 2,
    flexible: 0,
    request: 'includeOperations bool, endpointType int8 1+, includeFenced bool 2+',
    response: `throttleMs int32, error int16, errorMessage string, endpointType int8 1+, clusterId string, controllerId int32,
      brokers [ nodeId int32, host string, port int32, rack string, fenced bool 2+ ], operations int32`,
  },
};
