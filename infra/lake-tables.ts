import type { Stack } from "aws-cdk-lib";
import { CfnTable, type CfnDatabase } from "aws-cdk-lib/aws-glue";
import type { Bucket } from "aws-cdk-lib/aws-s3";
import { relations, type ColumnType } from "../functions/shared/relations.ts";
import { listSystems } from "./list-systems.ts";

const hiveTypes: Readonly<Record<ColumnType, string>> = {
  VARCHAR: "string", BIGINT: "bigint", INTEGER: "int", DOUBLE: "double", BOOLEAN: "boolean",
  DATE: "date", TIMESTAMP_MS: "timestamp",
};

/**
 * One table a relation of the lake, from the definitions that the ingest writes by. Partitions are
 * projected: no crawler, no repair. Their keys have names of their own, since the files have
 * columns `system` and `known_on` too (Athena: duplicate columns).
 */
export function addLakeTables(stack: Stack, database: CfnDatabase, lake: Bucket): void {
  for (const relation of relations) {
    if (relation.isPrivate) continue;
    const location = `s3://${lake.bucketName}/lake/${relation.name}/`;
    const table = new CfnTable(stack, `Table-${relation.name}`, {
      catalogId: stack.account, databaseName: database.ref,
      tableInput: {
        name: relation.name, description: relation.grain, tableType: "EXTERNAL_TABLE",
        partitionKeys: [
          { name: "of_system", type: "string", comment: "as column system" },
          { name: "of_night", type: "string", comment: "as column known_on" },
        ],
        parameters: {
          "classification": "parquet", "EXTERNAL": "TRUE", "projection.enabled": "true",
          "projection.of_system.type": "enum", "projection.of_system.values": listSystems().join(","),
          "projection.of_night.type": "date", "projection.of_night.format": "yyyy-MM-dd",
          "projection.of_night.range": "2020-01-01,NOW", "projection.of_night.interval": "1",
          "projection.of_night.interval.unit": "DAYS",
          "storage.location.template":
            `${location}system=\${of_system}/known_on=\${of_night}/`,
        },
        storageDescriptor: {
          columns: relation.columns.map(({ name, type, meaning }) =>
            ({ name, type: hiveTypes[type], comment: meaning.slice(0, 255) })),
          location,
          inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
          outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
          serdeInfo: {
            serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
          },
        },
      },
    });
    table.addResourceDependency?.(database);
  }
}
