import org.apache.jena.graph.Graph;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.shacl.ShaclValidator;
import org.apache.jena.shacl.Shapes;

/** Apache Jena judges one file by another, and says how long reading and judging took. */
public class Peer {
    public static void main(String[] args) {
        long start = System.nanoTime();
        Graph data = RDFDataMgr.loadGraph(args[0]);
        Shapes shapes = Shapes.parse(RDFDataMgr.loadGraph(args[1]));
        long read = System.nanoTime();
        int results = ShaclValidator.get().validate(shapes, data).getEntries().size();
        System.out.printf("%.3f %.3f %d%n", (read - start) / 1e9, (System.nanoTime() - read) / 1e9, results);
    }
}
