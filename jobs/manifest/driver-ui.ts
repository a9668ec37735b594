import type { JobPlatform } from "./platform.ts";

type Texts = Readonly<Record<string, string>>;

/** Where a driver has the secret, its name where a stack makes it, and the file in it: options of java's, one a line. */
const folder = "/etc/spark-platform/driver-ui";
export const driverUi = { secret: "driver-ui" };
export const driverUiFile = "java-options";

const defaultJavaOptions = "spark.driver.defaultJavaOptions";
const jwsFilter = "org.apache.spark.ui.JWSFilter";

/**
 * Spark properties that make a driver's web UI answer only what the gateway signs. The key would be readable in the
 * properties, which are in the resource and in a ConfigMap; Spark substitutes no variable there, and java prints the
 * variables that it takes options from. So java reads a file of the secret (`@FILE`, java 9 and newer), whose name is all
 * that shows in the command, and the driver takes its system properties for its own.
 * The filter is there since Spark 4.0: older drivers answer whoever the network policies let in.
 */
export function driverUiConf({ driverUi }: JobPlatform, sparkVersion: string, defaults: Texts): Texts {
  if (driverUi === undefined) return {};
  // The gateway passes no such wish on: without this there would be links that lead nowhere.
  const withoutLinks = { "spark.ui.killEnabled": "false" };
  if (Number.parseInt(sparkVersion) < 4) return withoutLinks;
  const others = defaults[defaultJavaOptions];
  return {
    ...withoutLinks,
    [`spark.kubernetes.driver.secrets.${driverUi.secret}`]: folder,
    [defaultJavaOptions]: `@${folder}/${driverUiFile}${others === undefined ? "" : ` ${others}`}`,
  };
}

/** The text of the file. @param key what the gateway signs with for this namespace: 32 bytes, base64url. */
export function driverUiOptions(key: string): string {
  return `-Dspark.ui.filters=${jwsFilter}\n-Dspark.${jwsFilter}.param.secretKey=${key}\n`;
}
