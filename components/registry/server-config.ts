import { imagesPrefix } from "../storage/object-store.ts";

/**
 * The registry's server, the same in a pod and on a virtual machine: distribution keeps images in the bucket, and
 * nginx before it ends TLS, asks for a password and says who may push, since distribution itself lets every user do
 * everything.
 */

/** Ports of distribution on the loopback address: its API, and its health. */
const apiPort = 5000;
const healthPort = 5001;

export interface ImageStorage {
  readonly bucket: string;
  readonly region: string;
  /** URL of the store. Default: S3 itself. */
  readonly url?: string | undefined;
  readonly pathStyle: boolean;
  /** Whether clients fetch layers from the store itself, by signed links: they must be able to reach it. */
  readonly redirect: boolean;
}

/** Configuration of distribution, for 2.8 and for 3. JSON, which is YAML too. Keys come from the environment or a role. */
export function distributionConfig(host: string, storage: ImageStorage): string {
  const { bucket, region, url, pathStyle, redirect } = storage;
  const config = {
    version: 0.1,
    log: { level: "info", accesslog: { disabled: true } },
    storage: {
      s3: {
        bucket,
        region,
        rootdirectory: `/${imagesPrefix.slice(0, -1)}`,
        ...(url !== undefined && { regionendpoint: url, secure: url.startsWith("https:") }),
        ...(pathStyle && { forcepathstyle: true }),
      },
      redirect: { disable: !redirect },
      cache: { blobdescriptor: "inmemory" },
    },
    http: {
      addr: `127.0.0.1:${apiPort}`,
      host: `https://${host}`,
      debug: { addr: `127.0.0.1:${healthPort}` },
    },
    health: { storagedriver: { enabled: true, interval: "10s", threshold: 3 } },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

export interface FrontDoor {
  /** Port that nginx listens at. */
  readonly port: number;
  /** Paths of files. */
  readonly certificate: string;
  readonly key: string;
  readonly htpasswd: string;
}

/** Path that answers 200 while the registry can serve images, and 503 while it cannot. It asks for no password. */
export const healthPath = "/healthz";

/** What belongs into nginx's `http` block. */
export function nginxConfig({ port, certificate, key, htpasswd }: FrontDoor): string {
  return `# Written by pulumi up.
# 1: a known user who may not do this. Who is not known at all is asked for a password first (401).
map "$request_method:$remote_user" $only_pulls {
  default 1;
  "~^(GET|HEAD):" 0;
  "~^[A-Z]+:$" 0;
  "~^[A-Z]+:push-" 0;
}

server {
  listen ${port} ssl;
  server_tokens off;
  ssl_certificate ${certificate};
  ssl_certificate_key ${key};
  ssl_protocols TLSv1.2 TLSv1.3;
  add_header Strict-Transport-Security "max-age=31536000" always;

  # Layers are as large as they are, and go through as they come.
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_http_version 1.1;
  proxy_read_timeout 15m;
  proxy_send_timeout 15m;

  location /v2/ {
    auth_basic "registry";
    auth_basic_user_file ${htpasswd};
    if ($only_pulls) {
      add_header Content-Type application/json always;
      return 403 '{"errors":[{"code":"DENIED","message":"user $remote_user may pull and not push"}]}';
    }
    proxy_set_header Host $http_host;
    proxy_set_header X-Forwarded-Proto https;
    # The password ends here.
    proxy_set_header Authorization "";
    proxy_pass http://127.0.0.1:${apiPort};
  }

  location = ${healthPath} {
    access_log off;
    proxy_pass http://127.0.0.1:${healthPort}/debug/health;
    # Without a password, it says whether, and not why.
    proxy_intercept_errors on;
    error_page 500 502 503 504 =503 @unhealthy;
  }
  location @unhealthy {
    return 503 "unhealthy\\n";
  }

  location / {
    return 404;
  }
}
`;
}
