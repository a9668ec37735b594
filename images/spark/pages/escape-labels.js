// Added by spark-platform. The labels of graphs are HTML made of the job's own words: names of RDDs and of query plans.
// Spark itself uses three tags in them; every other one becomes text. Spark labels no edges, but a scope's id, which it
// does not quote, can bring some.
(() => {
  const { read } = graphlibDot;
  graphlibDot.read = (dot) => {
    const graph = read(dot);
    const labelled = [
      ...graph.nodes().map((id) => graph.node(id)),
      ...graph.edges().map((id) => graph.edge(id)),
    ];
    for (const each of labelled)
      if (each?.labelType === "html") each.label = String(each.label).replace(/<(?!b>|\/b>|br>)/g, "&lt;");
    return graph;
  };
})();
