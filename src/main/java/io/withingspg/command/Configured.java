package io.withingspg.command;

import io.withingspg.config.Settings;
import io.withingspg.resource.Resources;
import io.withingspg.store.Database;

/** How commands come to their settings, and to what the settings describe. */
final class Configured {
    private Configured() {}

    static Settings settings() {
        return Settings.read(System.getenv(), Resources.names());
    }

    /** The database alone, its schema up to date. */
    static Database database(Settings settings) {
        var database = Database.open(settings.database());
        try {
            database.migrate();
            return database;
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
    }
}
