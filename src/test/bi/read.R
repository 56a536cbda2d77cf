# Reads every view with R, and tells what came otherwise than the database says.
suppressMessages(library(RPostgreSQL))

expected <- read.delim(commandArgs(TRUE)[1], header = FALSE, quote = "", colClasses = "character", na.strings = character(),
    col.names = c("view", "column", "kind", "values", "low", "high", "rows"))
connection <- dbConnect(PostgreSQL(), host = Sys.getenv("BI_HOST"), port = as.integer(Sys.getenv("BI_PORT")),
    user = Sys.getenv("BI_USER"), dbname = Sys.getenv("BI_DATABASE"), password = Sys.getenv("PGPASSWORD"))

odd <- function(kind, values, count, low, high) {
    present <- values[!is.na(values)]
    if (length(present) != as.integer(count)) return(paste(length(present), "values instead of", count))
    if (length(present) == 0 || kind %in% c("text", "boolean")) return(NULL)
    told <- class(present)[1]
    if (kind == "date") {
        if (told != "Date") return(paste("date as", told))
        if (format(min(present)) != low || format(max(present)) != high) {
            return(paste0(min(present), "…", max(present), " instead of ", low, "…", high))
        }
    } else if (startsWith(kind, "timestamp")) {
        if (told != "POSIXct") return(paste(kind, "as", told))
        zone <- if (kind == "timestamp with time zone") "UTC" else ""
        if (!startsWith(low, format(min(present), "%Y-%m-%d %H:%M:%S", tz = zone))) {
            return(paste0(format(min(present), tz = zone), " instead of ", low))
        }
    } else {
        if (as.numeric(min(present)) != as.numeric(low) || as.numeric(max(present)) != as.numeric(high)) {
            return(paste0(min(present), "…", max(present), " instead of ", low, "…", high))
        }
        if (startsWith(kind, "numeric") || kind == "bigint") return(paste(sub("\\(.*", "", kind), "as", if (told == "numeric") "double" else told))
    }
    NULL
}

for (view in unique(expected$view)) {
    wanted <- expected[expected$view == view, ]
    data <- suppressWarnings(dbGetQuery(connection, paste0("SELECT * FROM analytics.", view)))
    oddities <- list()
    for (i in seq_len(nrow(wanted))) {
        column <- wanted$column[i]
        found <- if (!column %in% names(data)) "missing" else
            odd(wanted$kind[i], data[[column]], wanted$values[i], wanted$low[i], wanted$high[i])
        if (!is.null(found)) oddities[[found]] <- c(oddities[[found]], column)
    }
    told <- vapply(names(oddities), function(name) paste0(name, ": ",
        if (length(oddities[[name]]) < 4) paste(oddities[[name]], collapse = ", ") else paste(length(oddities[[name]]), "columns")), "")
    cat("r", view, ncol(data), nrow(data), paste(told, collapse = "; "), sep = "\t")
    cat("\n")
}
invisible(dbDisconnect(connection))
