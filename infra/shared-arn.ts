import { CfnOutput, Fn, type Stack } from "aws-cdk-lib";

/** ARN of a resource of another stack, exported under a name of its own. */
export interface SharedArn {
  readonly exportName: string;
  /** `Fn::ImportValue` of it; the stack that uses it depends on the other one. */
  readonly value: string;
}

/**
 * Exports an ARN by a name that can be written down: a reference between stacks that the CDK makes
 * by itself has a name with a hash, which no reason for a finding could spell beforehand.
 */
export function shareArn(stack: Stack, id: string, arn: string): SharedArn {
  const exportName = `${stack.stackName}-${id}`;
  new CfnOutput(stack, id, { value: arn, exportName });
  return { exportName, value: Fn.importValue(exportName) };
}
