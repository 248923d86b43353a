import { Duration, RemovalPolicy, Stack, type StackProps } from "aws-cdk-lib";
import { CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { CfnDatabase } from "aws-cdk-lib/aws-glue";
import { Key } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention, ObjectOwnership,
} from "aws-cdk-lib/aws-s3";
import type { Construct } from "constructs";
import { acknowledge } from "./acknowledge.ts";
import { addLakeTables } from "./lake-tables.ts";
import type { Settings } from "./settings.ts";
import { shareArn, type SharedArn } from "./shared-arn.ts";

const minimumTlsVersion = 1.2;

/** What must outlive every deployment: landed exports, the lake, their key, tables over the lake. */
export class DataStack extends Stack {
  readonly key: Key;
  readonly logs: Bucket;
  readonly landing: Bucket;
  readonly lake: Bucket;
  readonly workgroup: CfnWorkGroup;
  readonly database: CfnDatabase;
  readonly shared: { readonly landing: SharedArn; readonly lake: SharedArn };

  constructor(scope: Construct, id: string, props: StackProps & { readonly settings: Settings }) {
    super(scope, id, { ...props, terminationProtection: true });
    const { landingDays, scanLimitBytes } = props.settings;
    this.key = new Key(this, "Key", {
      description: "Landed exports and the lake of Dudao", enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL, enforceSSL: true, minimumTLSVersion: minimumTlsVersion,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED, versioned: true,
      removalPolicy: RemovalPolicy.RETAIN,
    };
    this.logs = new Bucket(this, "Logs", {
      ...common, encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(400), noncurrentVersionExpiration: Duration.days(1) }],
    });
    acknowledge(this.logs, { "AwsSolutions-S1": "It is the bucket of the access logs itself." });
    const logged = (name: string) =>
      ({ serverAccessLogsBucket: this.logs, serverAccessLogsPrefix: `${name}/` });
    const encrypted =
      { encryption: BucketEncryption.KMS, encryptionKey: this.key, bucketKeyEnabled: true };
    this.landing = new Bucket(this, "Landing", {
      ...common, ...encrypted, ...logged("landing"), objectLockEnabled: true,
      // What a sender landed can be neither changed nor deleted for a month (rows.md, *Files*).
      objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(30)),
      lifecycleRules: [{
        expiration: Duration.days(landingDays), noncurrentVersionExpiration: Duration.days(31),
        abortIncompleteMultipartUploadAfter: Duration.days(2),
      }],
    });
    const expiring = (prefix: string, days: number) => ({
      prefix, expiration: Duration.days(days), noncurrentVersionExpiration: Duration.days(7),
    });
    this.lake = new Bucket(this, "Lake", {
      ...common, ...encrypted, ...logged("lake"),
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(35),
          abortIncompleteMultipartUploadAfter: Duration.days(2),
        },
        expiring("work/", 7), expiring("athena/", 7), expiring("usage/", 400),
        expiring("quarantine/", landingDays), expiring("slips/", landingDays),
      ],
    });
    this.shared = {
      landing: shareArn(this, "LandingArn", this.landing.bucketArn),
      lake: shareArn(this, "LakeArn", this.lake.bucketArn),
    };
    this.database = new CfnDatabase(this, "Database", {
      catalogId: this.account,
      databaseInput: { name: "dudao", description: "Relations of the lake; see functions/shared/relations.ts" },
    });
    addLakeTables(this, this.database, this.lake);
    this.workgroup = new CfnWorkGroup(this, "Workgroup", {
      name: `${props.settings.name.toLowerCase()}-measure`, recursiveDeleteOption: true,
      workGroupConfiguration: {
        engineVersion: { selectedEngineVersion: "Athena engine version 3" },
        bytesScannedCutoffPerQuery: scanLimitBytes,
        publishCloudWatchMetricsEnabled: true,
        // A run says where its tables lie; an enforced place would refuse that.
        enforceWorkGroupConfiguration: false,
        resultConfiguration: {
          outputLocation: `s3://${this.lake.bucketName}/athena/results/`,
          encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: this.key.keyArn },
        },
      },
    });
  }
}
