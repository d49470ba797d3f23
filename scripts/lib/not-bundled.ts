/**
 * Stands in the bundles for packages that dockerode loads for ways that Sidetap never goes: Docker over ssh, and BuildKit's sessions. They would be
 * two thirds of the engine, and need files beside them.
 */
export function Client(): never {
  throw new Error('This way to Docker is not part of Sidetap.');
}
