package io.withingspg.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.withingspg.store.Dictionary;
import io.withingspg.store.Dictionary.Relation;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "schema",
        description = "What the tables and views hold, column by column, as Markdown.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {
    private final Configured configured;

    @Spec
    CommandSpec spec;

    @Option(names = "--json", description = "Print as JSON.")
    boolean json;

    @Option(names = "--dbt", description = "Print the views as a dbt source, with what their columns refer to.")
    boolean dbt;

    SchemaCommand(Configured configured) {
        this.configured = configured;
    }

    @Override
    public Integer call() {
        try (var database = Configured.database(configured.settings())) {
            var dictionary = new Dictionary(database.sql());
            var out = spec.commandLine().getOut();
            if (json) {
                out.println(json(dictionary.relations()));
            } else if (dbt) {
                out.print(new DbtSources(dictionary.relations()).yaml());
            } else {
                out.print(new SchemaDocument(dictionary.relations(), dictionary.foreignKeys()).markdown());
            }
        }
        return ExitCode.DONE;
    }

    private static String json(List<Relation> relations) {
        var root = new ObjectMapper().createObjectNode();
        var tables = root.putArray("tables");
        for (var relation : relations) {
            var columns = tables.addObject()
                    .put("schema", relation.schema())
                    .put("name", relation.name())
                    .put("kind", relation.kind())
                    .put("description", relation.description())
                    .putArray("columns");
            relation.columns()
                    .forEach(column -> columns.addObject()
                            .put("name", column.name())
                            .put("type", column.type())
                            .put("nullable", column.nullable())
                            .put("key_position", column.keyPosition())
                            .put("description", column.description()));
        }
        return root.toPrettyString();
    }
}
