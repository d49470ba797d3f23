/** One API as it is read: the fields of its requests and answers as `schema.ts` writes them. */
export interface Messages {
  /** The highest version that is described; what is newer may differ. */
  readonly most: number;
  /** The first version with tagged fields and short lengths. */
  readonly flexible: number;
  readonly request: string;
  readonly response: string;
}
