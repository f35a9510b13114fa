use serde_json::Value;

use super::context::Context;
use crate::failure::{Failure, Kind};
use crate::settings;

/// Print the JSON Schema of the config or of the list of stores, for editors and checks
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  couponbook schema config > couponbook.schema.json   # an editor with Taplo reads it: #:schema ./couponbook.schema.json
  couponbook schema config --markdown                 # every key with what it means, as docs/configuration.md shows it")]
pub struct SchemaArgs {
    of: Of,
    /// Print the reference of the config's keys instead
    #[arg(long)]
    markdown: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Of {
    /// couponbook.toml
    Config,
    /// The list that stores_file names: an array of its rows
    Stores,
}

pub fn run(args: &SchemaArgs, context: &Context) -> Result<(), Failure> {
    let (of, schema): (&str, fn(_) -> Value) = match args.of {
        Of::Config => ("config", settings::config_schema),
        Of::Stores => ("stores", settings::stores_schema),
    };
    let text = match (args.markdown, args.of) {
        (false, _) => None,
        (true, Of::Config) => Some(settings::reference(context.world.platforms)),
        (true, Of::Stores) => {
            let failure = Failure::new(Kind::Usage, "the columns of a list of stores have no page of their own");
            return Err(failure.hint("they are the keys of [[store]]: couponbook schema config --markdown"));
        }
    };
    if context.is_json() {
        let schema = if text.is_none() { schema(context.world.platforms) } else { Value::Null };
        return context.print(&serde_json::json!({ "of": of, "schema": schema, "markdown": text }), "");
    }
    // Asked for, so that `--quiet` does not hide it.
    match text {
        Some(text) => context.print_own(&text),
        None => {
            let schema = serde_json::to_string_pretty(&schema(context.world.platforms));
            context.print_own(&schema.map_err(|error| Failure::of(Kind::Failed, &error))?)
        }
    }
}
