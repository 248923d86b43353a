// The Lambda runtime, as far as a handler can tell: one process a function, events one by one.
const { join } = require("node:path");

const [file, name] = process.env._HANDLER.split(".");
const handler = require(join(process.env.LAMBDA_TASK_ROOT, `${file}.js`))[name];
process.on("message", async ({ id, event, timeoutMs }) => {
  const deadline = Date.now() + timeoutMs;
  const context = {
    awsRequestId: String(id), functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    const result = await handler(event, context);
    process.send({ id, result: JSON.parse(JSON.stringify(result ?? null)) });
  } catch (error) {
    process.send({ id, error: { name: error?.name ?? "Error", message: String(error?.message) } });
  }
});
process.send({ id: 0 });
