import { AsyncLocalStorage } from "node:async_hooks";

import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import proto from "@pulumi/pulumi/proto/resource_pb.js";

import { isRecord, textAt, type Fields } from "../../kube/json.ts";

/** One registration as the engine would get it. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** A resource with a provider behind it, in contrast to a component. */
  readonly custom: boolean;
  /** Plain values: secrets are unwrapped, `secrets` tells where they were. */
  readonly inputs: Fields;
  /** Dotted paths in `inputs` of the values that are secret. */
  readonly secrets: readonly string[];
  readonly parent: string | undefined;
  /** URNs: those of `dependsOn` and of every resource whose output is among the inputs. */
  readonly dependsOn: readonly string[];
  /** Input -> URNs of the resources whose outputs it is made of. */
  readonly references: Readonly<Record<string, readonly string[]>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly deleteBeforeReplace: boolean;
  readonly aliases: readonly string[];
  readonly ignoreChanges: readonly string[];
  readonly additionalSecretOutputs: readonly string[];
  /** `urn::id` of the explicit provider. */
  readonly provider: string | undefined;
  /** Providers that a component hands to its children, by package. */
  readonly providers: Readonly<Record<string, string>>;
  readonly timeouts: { readonly create: string; readonly update: string; readonly delete: string };
}

/** What a registration comes back with; `pulumi.secret` values in `state` stay secret. */
export interface Registered {
  readonly id: string | undefined;
  readonly state: Fields;
}

export interface MonitorOptions {
  readonly project: string;
  readonly stack: string;
  readonly preview: boolean;
  /** Answers of functions by token. Default: none, every call is refused. */
  readonly calls?: Readonly<Record<string, (args: Fields) => Fields>> | undefined;
  register(registration: Registration): Promise<Registered>;
  outputs(urn: string, outputs: Fields, secrets: readonly string[]): void;
  /** Told of a call or read that is refused: what the program then sees does not say why. */
  refused(error: Error): void;
}

/**
 * Puts Pulumi's mock monitor in the engine's place and shows what the mocks alone never see (parent, dependencies,
 * protection, aliases, secrets) by standing before its two registration calls. Reads are refused, and calls without an
 * answer.
 */
export async function installMonitor(options: MonitorOptions): Promise<void> {
  const current = new AsyncLocalStorage<RegisterResourceRequest>();
  const urns = new Urns(options.project, options.stack);
  const refuse = (what: string): never => {
    const error = new Error(`${what} is not supported here: no provider answers`);
    options.refused(error);
    throw error;
  };
  const mocks: pulumi.runtime.Mocks = {
    call: ({ token, inputs }) =>
      options.calls?.[token]?.(isRecord(inputs) ? inputs : {}) ?? refuse(`the call of ${token}`),
    newResource: async ({ type, name }) => {
      const request = current.getStore() ?? refuse(`reading ${name} (${type})`);
      const { id, state } = await options.register(registrationOf(request, urns));
      return { id, state: { ...state } };
    },
  };
  await pulumi.runtime.setMocks(mocks, options.project, options.stack, options.preview, "organization");
  const monitor: unknown = pulumi.runtime.getMonitor();
  wrap(monitor, "registerResource", (request, forward) => {
    if (request instanceof proto.RegisterResourceRequest) current.run(request, forward);
    else forward();
  });
  wrap(monitor, "registerResourceOutputs", (request, forward) => {
    if (request instanceof proto.RegisterResourceOutputsRequest) {
      const { value, secrets } = unwrapSecrets(request.getOutputs()?.toJavaScript());
      options.outputs(urns.real(request.getUrn()), isRecord(value) ? value : {}, secrets);
    }
    forward();
  });
}

function wrap(
  target: unknown,
  method: string,
  before: (request: unknown, forward: () => void) => void,
): void {
  const original: unknown = isRecord(target) ? target[method] : undefined;
  if (!isRecord(target) || typeof original !== "function")
    throw new Error(`the mock monitor has no ${method}`);
  Reflect.set(target, method, (request: unknown, callback: unknown) => {
    before(request, () => {
      Reflect.apply(original, target, [request, callback]);
    });
  });
}

function registrationOf(request: RegisterResourceRequest, urns: Urns): Registration {
  const { value, secrets } = unwrapSecrets(request.getObject()?.toJavaScript());
  const timeouts = request.getCustomtimeouts();
  return {
    urn: urns.add(request.getParent(), request.getType(), request.getName()),
    type: request.getType(),
    name: request.getName(),
    custom: request.getCustom(),
    inputs: isRecord(value) ? value : {},
    secrets,
    parent: request.getParent() === "" ? undefined : urns.real(request.getParent()),
    dependsOn: request.getDependenciesList().map((urn) => urns.real(urn)),
    references: referencesOf(request, urns),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    deleteBeforeReplace: request.getDeletebeforereplace(),
    aliases: request.getAliasesList().map((alias) => alias.getUrn() || (alias.getSpec()?.getName() ?? "")),
    ignoreChanges: request.getIgnorechangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    provider: urns.realReference(request.getProvider()),
    providers: Object.fromEntries(
      request
        .getProvidersMap()
        .toArray()
        .map(([key, reference]) => [key, urns.realReference(reference) ?? ""]),
    ),
    timeouts: {
      create: timeouts?.getCreate() ?? "",
      update: timeouts?.getUpdate() ?? "",
      delete: timeouts?.getDelete() ?? "",
    },
  };
}

function referencesOf(request: RegisterResourceRequest, urns: Urns): Registration["references"] {
  const references: Record<string, readonly string[]> = {};
  request.getPropertydependenciesMap().forEach((dependencies, input) => {
    const made = dependencies.getUrnsList().map((urn) => urns.real(urn));
    if (made.length > 0) references[input] = made;
  });
  return references;
}

/**
 * The mock monitor names resources with their parent's type alone and counts the stack among the parents; the engine
 * takes the whole chain of types without the stack. This translates, and sees names that are taken.
 */
class Urns {
  readonly #real = new Map<string, string>();
  readonly #taken = new Set<string>();
  readonly #prefix: string;

  constructor(project: string, stack: string) {
    this.#prefix = `urn:pulumi:${stack}::${project}`;
  }

  add(parent: string, type: string, name: string): string {
    const parentType = parent === "" ? "" : (parent.split("::")[2]?.split("$").at(-1) ?? "");
    const chain = this.real(parent).split("::")[2] ?? "";
    const root = parent === "" || parentType === "pulumi:pulumi:Stack";
    const real = [this.#prefix, root ? type : `${chain}$${type}`, name].join("::");
    if (this.#taken.has(real)) throw new Error(`Duplicate resource URN '${real}'`);
    this.#taken.add(real);
    this.#real.set([this.#prefix, parentType === "" ? type : `${parentType}$${type}`, name].join("::"), real);
    return real;
  }

  real(urn: string): string {
    return this.#real.get(urn) ?? urn;
  }

  realReference(reference: string): string | undefined {
    if (reference === "") return undefined;
    const at = reference.lastIndexOf("::");
    return `${this.real(reference.slice(0, at))}${reference.slice(at)}`;
  }
}

/** Takes the marks of secrets out of a value on the wire and says where they were. */
export function unwrapSecrets(
  value: unknown,
  path = "",
): { readonly value: unknown; readonly secrets: readonly string[] } {
  const { specialSigKey, specialSecretSig } = pulumi.runtime;
  if (isRecord(value) && textAt(value, specialSigKey) === specialSecretSig) {
    return { value: unwrapSecrets(value["value"], path).value, secrets: [path] };
  }
  const secrets: string[] = [];
  const inner = (each: unknown, step: string): unknown => {
    const found = unwrapSecrets(each, path === "" ? step : `${path}.${step}`);
    secrets.push(...found.secrets);
    return found.value;
  };
  if (Array.isArray(value)) return { value: value.map((each, index) => inner(each, String(index))), secrets };
  if (!isRecord(value)) return { value, secrets };
  return {
    value: Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(each, key)])),
    secrets,
  };
}
