// The tree of a search, node by node as the server tells it.
import type { Verdict } from "../api/types";

export interface TreeNode {
  node: number;
  parent: number;
  tactic: string;
  verdict: Verdict | "root";
  goals: string[];
  message: string;
  score: number | null;
  by: "model" | "automation";
  ms: number;
  same_as?: number;
}

export const WORDS: Record<Verdict, string> = {
  proved: "proved",
  progress: "valid",
  error: "failed",
  rejected: "refused",
  timeout: "too slow",
  unverified: "unverified",
};

const RANK: Record<TreeNode["verdict"], number> = { root: 0, proved: 0, progress: 1, unverified: 2, timeout: 3, error: 4, rejected: 5 };

/** Proved first, then what goes on; among equals the likelier. */
export function byWorth(a: TreeNode, b: TreeNode): number {
  return RANK[a.verdict] - RANK[b.verdict] || (b.score ?? -Infinity) - (a.score ?? -Infinity);
}

export class SearchTree {
  readonly nodes = new Map<number, TreeNode>();
  readonly children = new Map<number, TreeNode[]>();

  constructor(goals: string[]) {
    this.nodes.set(0, { node: 0, parent: -1, tactic: "", verdict: "root", goals, message: "", score: null, by: "model", ms: 0 });
  }

  add(node: TreeNode): void {
    if (node.node === 0) {
      this.nodes.get(0)!.goals = node.goals;
      return;
    }
    this.nodes.set(node.node, node);
    const siblings = this.children.get(node.parent);
    if (siblings) siblings.push(node);
    else this.children.set(node.parent, [node]);
  }

  /** Children that lead on, best first. */
  alive(parent: number): TreeNode[] {
    return (this.children.get(parent) ?? [])
      .filter(({ verdict, same_as }) => (verdict === "proved" || verdict === "progress" || verdict === "unverified") && same_as === undefined)
      .sort(byWorth);
  }

  /** Children that do not. */
  dead(parent: number): TreeNode[] {
    return (this.children.get(parent) ?? []).filter(
      ({ verdict, same_as }) => !(verdict === "proved" || verdict === "progress" || verdict === "unverified") || same_as !== undefined,
    );
  }

  /** From the root's child down to the node. */
  path(node: number): TreeNode[] {
    const path: TreeNode[] = [];
    for (let at = this.nodes.get(node); at && at.node !== 0; at = this.nodes.get(at.parent)) path.unshift(at);
    return path;
  }

  /** The node that is nearest to a proof: a proof, else the fewest goals, else the likeliest. */
  best(): TreeNode | null {
    let best: TreeNode | null = null;
    for (const node of this.nodes.values()) {
      if (node.verdict !== "proved" && node.verdict !== "progress") continue;
      if (!best || this.#worth(node) > this.#worth(best)) best = node;
    }
    return best;
  }

  #worth(node: TreeNode): number {
    if (node.verdict === "proved") return 1e6;
    return -1000 * node.goals.length + (node.score ?? -100);
  }

  get size(): number {
    return this.nodes.size - 1;
  }
}
