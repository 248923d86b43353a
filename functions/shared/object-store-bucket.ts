import { S3Client } from "@aws-sdk/client-s3";
import { UsageError } from "./errors.ts";
import { homeKeys } from "./home.ts";
import { createRoutedStore } from "./object-store-routed.ts";
import { createS3Store, type ObjectHeaders } from "./object-store-s3.ts";
import { describePublished } from "./published-headers.ts";
import type { ObjectStore } from "./object-store.ts";
import { readJson } from "./read-json.ts";

/** Buckets of a deployed home beside the one of its address (`home.json`, `buckets`). */
export interface HomeBuckets {
  readonly landing: string;
  readonly publish: string;
}

/** `s3://bucket/prefix` in its parts; throws UsageError for what is none. */
export function parseBucketAddress(
  address: string,
): { readonly bucket: string; readonly prefix: string } {
  const [, bucket = "", prefix = ""] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*?))?\/?$/.exec(address) ?? [];
  if (bucket === "") {
    throw new UsageError(`home: invalid: ${address}; accepted: s3://bucket or s3://bucket/prefix`);
  }
  return { bucket, prefix };
}

/**
 * Client for homes in buckets; region and credentials as the AWS SDK finds them. An endpoint of
 * one's own (AWS_ENDPOINT_URL: a test server, an emulator) is addressed by path.
 */
export function createBucketClient(env: Readonly<Record<string, string | undefined>>): S3Client {
  const isOwnEndpoint = (env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL) !== undefined;
  return new S3Client({ forcePathStyle: isOwnEndpoint, maxAttempts: 5 });
}

/**
 * The home at `s3://bucket/prefix`, landing and publication in the buckets that its `home.json`
 * names, or in the same one. Throws UsageError for an address that is none, EngineError naming the
 * bucket where it cannot be read.
 */
export async function openBucketHome(address: string, client: S3Client): Promise<ObjectStore> {
  const { bucket, prefix } = parseBucketAddress(address);
  const rest = createS3Store({ client, bucket, prefix });
  const description = await readJson<{ readonly buckets?: HomeBuckets }>(
    rest, homeKeys.description);
  return description?.buckets ? routeBuckets(rest, description.buckets, client, prefix) : rest;
}

/** The same where the buckets are known. */
export function routeBuckets(
  rest: ObjectStore, buckets: HomeBuckets, client: S3Client, prefix: string,
): ObjectStore {
  return createRoutedStore(rest, [
    { prefix: homeKeys.landingPrefix, store: createS3Store({ client, bucket: buckets.landing, prefix }) },
    {
      prefix: homeKeys.publishPrefix,
      store: createS3Store({ client, bucket: buckets.publish, prefix, describe: describeObject }),
    },
  ]);
}

/** What CloudFront sends with a published object; it packs by itself what it knows, not Arrow. */
function describeObject(key: string): ObjectHeaders {
  const file = `/${key.slice(homeKeys.publishPrefix.length)}`;
  const { contentType, cacheControl, contentDisposition } = describePublished(file);
  return {
    ContentType: contentType, CacheControl: cacheControl,
    ...(contentDisposition === "" ? {} : { ContentDisposition: contentDisposition }),
    ...(file.endsWith(".arrow") ? { ContentEncoding: "gzip" as const } : {}),
  };
}
