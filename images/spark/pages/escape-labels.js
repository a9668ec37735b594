// Added by spark-platform. The labels of graphs are HTML made of the job's own words: names of RDDs and of query plans.
// Spark itself uses three tags in them; every other one becomes text.
(() => {
  const { read } = graphlibDot;
  graphlibDot.read = (dot) => {
    const graph = read(dot);
    for (const id of graph.nodes()) {
      const node = graph.node(id);
      if (node?.labelType === "html") node.label = node.label.replace(/<(?!b>|\/b>|br>)/g, "&lt;");
    }
    return graph;
  };
})();
