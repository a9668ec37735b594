import { createSecureContext } from "node:tls";

/** PEMs of a server's certificate and of its key. */
export interface ServerCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Whether a server could show the certificate: both are PEM, and belong together. */
export function isUsable({ certificate, key }: ServerCertificate): boolean {
  try {
    createSecureContext({ cert: certificate, key });
    return true;
  } catch {
    return false;
  }
}
