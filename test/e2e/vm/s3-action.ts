import { account, bucket } from "./names.ts";

/** A right that an S3 request needs, in IAM's words. */
export interface S3Right {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

export interface S3Request {
  readonly method: string;
  readonly url: URL;
  /** Header `x-amz-copy-source`. */
  readonly copySource: string | undefined;
  /** Text of a request that deletes many objects. */
  readonly body: string;
}

const bucketArn = `arn:aws:s3:::${bucket}`;
const right = (action: string, resource: string, context = {}): S3Right => ({
  action,
  resource,
  context: { "aws:ResourceAccount": account, ...context },
});

/** Whether the request names what it deletes in its body. */
export function deletesMany({ method, url }: Pick<S3Request, "method" | "url">): boolean {
  return method === "POST" && url.pathname === "/" && url.searchParams.has("delete");
}

/** @throws where the registry sends something that is not foreseen: then the policy must be thought over, too. */
export function s3Rights(request: S3Request): readonly S3Right[] {
  const { method, url, copySource, body } = request;
  if (deletesMany(request)) {
    const keys = [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key ?? "");
    return keys.map((key) => right("s3:DeleteObject", `${bucketArn}/${key}`));
  }
  const key = decodeURIComponent(url.pathname.slice(1));
  const action = key === "" ? bucketAction(method, url.searchParams) : objectAction(method, url.searchParams);
  if (action === undefined) throw new Error(`S3 request that is not foreseen: ${method} ${url.href}`);
  if (key !== "") {
    const source = copySource === undefined ? [] : [`arn:aws:s3:::${decodeURIComponent(copySource)}`];
    return [right(action, `${bucketArn}/${key}`), ...source.map((arn) => right("s3:GetObject", arn))];
  }
  const prefix = url.searchParams.get("prefix");
  const listed = action === "s3:ListBucket" && prefix !== null;
  return [right(action, bucketArn, listed ? { "s3:prefix": prefix } : {})];
}

function bucketAction(method: string, query: URLSearchParams): string | undefined {
  if (method !== "GET") return undefined;
  if (query.has("uploads")) return "s3:ListBucketMultipartUploads";
  if (query.has("location")) return "s3:GetBucketLocation";
  return "s3:ListBucket";
}

function objectAction(method: string, query: URLSearchParams): string | undefined {
  const upload = query.has("uploadId");
  switch (method) {
    case "GET":
    case "HEAD":
      return upload ? "s3:ListMultipartUploadParts" : "s3:GetObject";
    case "PUT":
    case "POST":
      return "s3:PutObject";
    case "DELETE":
      return upload ? "s3:AbortMultipartUpload" : "s3:DeleteObject";
    default:
      return undefined;
  }
}
