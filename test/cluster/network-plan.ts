import assert from "node:assert/strict";
import { BlockList } from "node:net";
import { describe, it, test } from "node:test";

import fc from "fast-check";

import { networkProblem, planNetwork, serviceCidr } from "../../components/cluster/network-plan.ts";
import { regions } from "../../components/cluster/regions.ts";

const byte = fc.nat(255);
const bits = fc.constantFrom(16, 17, 18);

/** Ranges on their boundary, within the first bytes given. */
function ranges(lead: fc.Arbitrary<readonly [number, number]>): fc.Arbitrary<string> {
  return fc
    .tuple(lead, byte, bits)
    .map(([[a, b], third, prefix]) => `${a}.${b}.${third & (0xff << (24 - prefix))}.0/${prefix}`);
}

/** Of all private addresses, without those of the services. */
const networks = ranges(
  fc.oneof(
    fc.tuple(fc.constant(10), byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 })).filter(([, second]) => second !== 20),
    fc.constant<[number, number]>([192, 168]),
    fc.tuple(fc.constant(100), fc.integer({ min: 64, max: 127 })),
  ),
);

describe("the plan of a network", () => {
  it("has subnets that lie in the VPC, on their boundary, and share no address", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const plan = planNetwork(cidr);
        const subnets = [...plan.nodes, ...plan.public, ...plan.controlPlane];
        assert.equal(subnets.length, 9);
        for (const [index, subnet] of subnets.entries()) {
          const [first, last] = bounds(subnet);
          assert.ok(within(cidr, first) && within(cidr, last), `${subnet} is in ${cidr}`);
          assert.ok(!within(subnet, toText(toNumber(first) - 1)), `${subnet} begins on its boundary`);
          for (const other of subnets.slice(index + 1)) {
            const outside = bounds(other).every((address) => !within(subnet, address));
            assert.ok(outside && bounds(subnet).every((address) => !within(other, address)), other);
          }
        }
      }),
    );
  });

  it("gives three quarters to nodes and pods, a sixteenth a zone to what is public, 16 addresses to EKS", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const plan = planNetwork(cidr);
        const whole = prefixOf(cidr);
        assert.deepEqual(plan.nodes.map(prefixOf), [whole + 2, whole + 2, whole + 2]);
        assert.deepEqual(plan.public.map(prefixOf), [whole + 4, whole + 4, whole + 4]);
        assert.deepEqual(plan.controlPlane.map(prefixOf), [28, 28, 28]);
      }),
    );
  });

  it("is this for the usual range", () => {
    assert.deepEqual(planNetwork("10.0.0.0/16"), {
      nodes: ["10.0.0.0/18", "10.0.64.0/18", "10.0.128.0/18"],
      public: ["10.0.192.0/20", "10.0.208.0/20", "10.0.224.0/20"],
      controlPlane: ["10.0.240.0/28", "10.0.240.16/28", "10.0.240.32/28"],
    });
  });

  it("is refused for a range that is not right", () => {
    assert.throws(() => planNetwork("10.0.0.0/8"), /"10\.0\.0\.0\/8" is larger than AWS allows/);
    assert.throws(() => planNetwork("ten"), /"ten" is not a range of IPv4 addresses/);
  });
});

describe("a range for the network", () => {
  it("is right where it is private, of the right size and none of the services'", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        assert.equal(networkProblem(cidr), undefined);
      }),
    );
  });

  const wrong: readonly (readonly [cidr: string, problem: RegExp])[] = [
    ["", /not a range/],
    ["10.0.0.0", /not a range/],
    ["10.0.0/16", /not a range/],
    ["10.0.0.0.0/16", /not a range/],
    ["10.0.0.256/16", /not a range/],
    ["10.0.0.0/33", /not a range/],
    ["10.0.0.0/016", /not a range/],
    ["010.0.0.0/16", /not a range/],
    [" 10.0.0.0/16", /not a range/],
    ["10.0.0.0/16\n", /not a range/],
    ["fd00::/16", /not a range/],
    ["10.0.1.0/16", /begins on its boundary/],
    ["10.0.32.0/18", /begins on its boundary/],
    ["10.0.0.0/15", /larger than AWS allows/],
    ["0.0.0.0/0", /larger than AWS allows/],
    ["10.0.0.0/19", /too few addresses/],
    ["10.0.0.0/32", /too few addresses/],
    ["11.0.0.0/16", /not a private range/],
    ["100.128.0.0/16", /not a private range/],
    ["172.32.0.0/16", /not a private range/],
    ["192.169.0.0/16", /not a private range/],
    ["172.20.0.0/16", /overlaps 172\.20\.0\.0\/16/],
    ["172.20.64.0/18", /overlaps 172\.20\.0\.0\/16/],
  ];
  for (const [cidr, problem] of wrong) {
    it(`is refused: ${JSON.stringify(cidr)}`, () => {
      const found = networkProblem(cidr);
      assert.ok(found);
      assert.match(found.problem, problem);
      // The value goes before it.
      assert.match(found.problem, /^(is|has|overlaps) /);
      assert.match(found.expected, /for example "10\.0\.0\.0\/16"/);
    });
  }

  it("is answered, whatever is written", () => {
    const near = fc.stringMatching(/^\d{1,3}(\.\d{1,3}){2,4}\/?\d{0,3}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), near), (cidr) => {
        if (networkProblem(cidr) === undefined) planNetwork(cidr);
        else assert.throws(() => planNetwork(cidr), /is|has|overlaps/);
      }),
    );
  });

  it("never has an address of the cluster's services", () => {
    fc.assert(
      fc.property(networks, (cidr) => {
        const [first, last] = bounds(cidr);
        assert.ok(!within(serviceCidr, first) && !within(serviceCidr, last));
      }),
    );
  });
});

test("a region has three zones of its own, none of which EKS refuses", () => {
  const all: readonly string[] = Object.values(regions).flat();
  assert.equal(new Set(all).size, 3 * Object.keys(regions).length);
  for (const refused of ["use1-az3", "usw1-az2", "cac1-az3"]) assert.ok(!all.includes(refused), refused);
  for (const [region, zones] of Object.entries(regions)) {
    const [area = "", direction = "", number = ""] = region.split("-");
    // "c" for central, "se" for southeast.
    const short = direction.replace(/central|north|south|east|west/g, (word) => word.slice(0, 1));
    const start = `${area}${short}${number}-az`;
    for (const zone of zones) assert.match(zone, new RegExp(`^${start}[1-6]$`), region);
  }
});

/** Node's own arithmetic, as a second opinion. */
function within(cidr: string, address: string): boolean {
  const [net = "", prefix = ""] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(net, Number(prefix));
  return list.check(address);
}

/** The first and the last address. */
function bounds(cidr: string): readonly [string, string] {
  const [net = "", prefix = ""] = cidr.split("/");
  return [net, toText(toNumber(net) + 2 ** (32 - Number(prefix)) - 1)];
}

function prefixOf(cidr: string): number {
  return Number(cidr.split("/")[1]);
}

function toNumber(address: string): number {
  return address.split(".").reduce((sum, each) => sum * 256 + Number(each), 0);
}

function toText(address: number): string {
  return [3, 2, 1, 0].map((power) => Math.floor(address / 256 ** power) % 256).join(".");
}
