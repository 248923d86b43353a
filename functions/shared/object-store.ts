/** Port: where a home lies. One contract suite (`test/ports/object-store.ts`) fits every store. */
export interface ObjectStore {
  /** Human name for messages: a folder path or `s3://bucket/prefix`. */
  readonly name: string;
  /** Whole object, or undefined when there is none. */
  get(key: string): Promise<StoredObject | undefined>;
  /**
   * Writes whole objects; readers never see a partial one.
   * `ifNoneMatch: true` only if absent, `ifMatch` only if the etag is still that one;
   * a failed condition returns `{ written: false }` and changes nothing.
   */
  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<PutResult>;
  /** As `put` from a local file; the file is moved or copied, never altered. */
  putFile(key: string, path: string, condition?: PutCondition): Promise<PutResult>;
  /** All keys under a prefix, sorted by code points. */
  list(prefix: string): Promise<readonly ListedObject[]>;
  delete(key: string): Promise<void>;
  /**
   * A local file with the object's bytes. A folder store returns the object's own path and
   * copies nothing; others download into `scratch`. Throws InvalidInputError when absent.
   */
  fetchToFile(key: string, scratch: string): Promise<string>;
}
export interface StoredObject { readonly body: Uint8Array; readonly etag: string }
export interface ListedObject { readonly key: string; readonly sizeBytes: number }
export interface PutCondition {
  readonly ifNoneMatch?: boolean;
  readonly ifMatch?: string;
  /** POSIX mode of the file where the store is a folder, e.g. 0o600 for keys. */
  readonly mode?: number;
}
export type PutResult =
  | { readonly written: true; readonly etag: string }
  | { readonly written: false };
