import type { FastifyInstance, FastifyRequest } from "fastify";

import { quoted } from "../../../jobs/manifest/characters.ts";
import { Problem } from "../errors/problem.ts";
import { duplicateKey } from "./duplicate-key.ts";

/**
 * Reads JSON bodies with nothing replaced and nothing left out. Fastify's own parser puts U+FFFD in the place of bytes that
 * are not UTF-8, and of a key that an object has twice it drops all but the last value.
 */
export function readJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser(
    "application/json",
    { parseAs: "buffer" },
    async (request: FastifyRequest, bytes: Buffer) => {
      const text = decoded(bytes);
      const body = await new Promise<unknown>((resolve, reject) => {
        void parse(request, text, (error, value) => {
          if (error === null) resolve(value);
          else reject(error);
        });
      });
      const key = duplicateKey(text);
      if (key === undefined) return body;
      throw new Problem(
        "malformed-request",
        `an object in the body has the key ${quoted(key)} twice; send it once`,
      );
    },
  );
}

function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Problem("malformed-request", "the body is not UTF-8; send it in UTF-8", { cause });
  }
}
