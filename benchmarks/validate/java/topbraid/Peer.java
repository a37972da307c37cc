import org.apache.jena.rdf.model.Model;
import org.apache.jena.rdf.model.Resource;
import org.apache.jena.riot.RDFDataMgr;
import org.topbraid.shacl.validation.ValidationUtil;

/** TopBraid judges one file by another, and says how long reading and judging took. */
public class Peer {
    public static void main(String[] args) {
        long start = System.nanoTime();
        Model data = RDFDataMgr.loadModel(args[0]);
        Model shapes = RDFDataMgr.loadModel(args[1]);
        long read = System.nanoTime();
        Resource report = ValidationUtil.validateModel(data, shapes, false);
        int results = report.listProperties(report.getModel().createProperty("http://www.w3.org/ns/shacl#result")).toList().size();
        System.out.printf("%.3f %.3f %d%n", (read - start) / 1e9, (System.nanoTime() - read) / 1e9, results);
    }
}
