//! A document held against the schema and laid flat: fragments opened, variables filled in, arguments read.

use async_graphql_parser::types::{
    BaseType, Directive, ExecutableDocument, Field, FieldDefinition, OperationDefinition, OperationType, Selection,
    SelectionSet, Type, VariableDefinition,
};
use async_graphql_parser::{Pos, Positioned};
use async_graphql_value::{ConstValue, Value as Literal};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

use super::input::{InputProblem, coerce};
use super::page;
use super::problem::Problem;
use super::schema::Schema;

/// Fragments within fragments can make a short document endless; no honest one has as many fields.
const FIELDS_MAX: usize = 20_000;

/// A field that is asked for.
#[derive(Debug)]
pub(in crate::sandbox::shopify) struct SelectedField {
    /// The name in the answer.
    pub key: String,
    pub name: String,
    /// The named type, without lists and exclamation marks.
    pub type_name: String,
    pub arguments: Map<String, Value>,
    /// The object types on which it is asked for.
    pub on: BTreeSet<&'static str>,
    pub selected: Vec<SelectedField>,
    pub position: Pos,
}

/// The names of the root's fields, for the log and the faults.
pub(super) fn root_field_names(operation: &OperationDefinition, document: &ExecutableDocument) -> Vec<String> {
    let mut names = Vec::new();
    for item in &operation.selection_set.node.items {
        match &item.node {
            Selection::Field(field) => names.push(field.node.name.node.to_string()),
            Selection::InlineFragment(fragment) => names.extend(fields_of(&fragment.node.selection_set.node)),
            Selection::FragmentSpread(spread) => {
                let found = document.fragments.get(&spread.node.fragment_name.node);
                names.extend(found.into_iter().flat_map(|fragment| fields_of(&fragment.node.selection_set.node)));
            }
        }
    }
    names
}

fn fields_of(set: &SelectionSet) -> impl Iterator<Item = String> + '_ {
    set.items.iter().filter_map(|item| match &item.node {
        Selection::Field(field) => Some(field.node.name.node.to_string()),
        _ => None,
    })
}

/// Everything that `operation` asks for, or all that is wrong with it.
pub(super) fn plan(
    operation: &OperationDefinition,
    name: Option<&str>,
    document: &ExecutableDocument,
    given: &Map<String, Value>,
) -> Result<Vec<SelectedField>, Vec<Problem>> {
    let (root, label) = match operation.ty {
        OperationType::Query => ("QueryRoot", "query"),
        OperationType::Mutation => ("Mutation", "mutation"),
        OperationType::Subscription => {
            return Err(vec![Problem::new("missingSchema", "Schema is not configured for subscriptions")]);
        }
    };
    let path = vec![name.map_or(label.to_string(), |name| format!("{label} {name}"))];
    let mut validator = Validator {
        schema: Schema::get(),
        document,
        declared: operation.variable_definitions.iter().map(|one| (one.node.name.node.as_str(), &one.node)).collect(),
        variables: Map::new(),
        used: BTreeSet::new(),
        open_fragments: Vec::new(),
        fields_left: FIELDS_MAX,
        problems: Vec::new(),
    };
    validator.check_declared(operation, &path);
    // Values are only looked at where the document itself is sound, as it is there.
    if validator.problems.is_empty() {
        validator.read_variables(given);
    }
    if !validator.problems.is_empty() {
        return Err(validator.problems);
    }
    let on = BTreeSet::from([root]);
    let selected = validator.selections(&operation.selection_set.node, root, &on, &path);
    validator.check_used(operation, &path);
    let selected = validator.joined(selected, &path);
    if validator.problems.is_empty() { Ok(selected) } else { Err(validator.problems) }
}

struct Validator<'d> {
    schema: &'static Schema,
    document: &'d ExecutableDocument,
    declared: BTreeMap<&'d str, &'d VariableDefinition>,
    /// By name; one that the client left out, and that has no default, is absent.
    variables: Map<String, Value>,
    used: BTreeSet<String>,
    open_fragments: Vec<&'d str>,
    fields_left: usize,
    problems: Vec<Problem>,
}

/// Where something is asked for: its place in the text, and the steps to it.
type Place<'p> = (Pos, &'p [String]);

impl<'d> Validator<'d> {
    fn complain(&mut self, code: &str, (at, path): Place, message: String, facts: &[(&str, &str)]) {
        let problem = Problem::new(code, message).at(at).within(path);
        self.problems.push(facts.iter().fold(problem, |problem, (name, fact)| problem.with(name, json!(fact))));
    }

    fn check_declared(&mut self, operation: &OperationDefinition, path: &[String]) {
        for variable in &operation.variable_definitions {
            let name = &variable.node.name.node;
            let type_name = named_type(&variable.node.var_type.node);
            if !self.schema.is_input(type_name) {
                let message = format!("{type_name} isn't a defined input type (on ${name})");
                let facts = [("typeName", type_name), ("variableName", name.as_str())];
                self.complain("variableRequiresValidType", (variable.pos, path), message, &facts);
            }
        }
    }

    fn read_variables(&mut self, given: &Map<String, Value>) {
        for (name, variable) in self.declared.clone() {
            let default = variable.default_value.as_ref().and_then(|value| value.node.clone().into_json().ok());
            let wanted = &variable.var_type.node;
            let Some(value) = given.get(name).cloned().or(default) else {
                if !wanted.nullable {
                    let problem =
                        InputProblem { path: Vec::new(), explanation: "Expected value to not be null".to_string() };
                    self.problems.push(invalid_variable(variable, &Value::Null, &[problem]));
                }
                continue;
            };
            let mut problems = Vec::new();
            let read = coerce(&value, wanted, &[], &mut problems);
            if !problems.is_empty() {
                self.problems.push(invalid_variable(variable, &value, &problems));
            }
            self.variables.insert(name.to_string(), read);
        }
    }

    fn check_used(&mut self, operation: &OperationDefinition, path: &[String]) {
        let label =
            path.first().map_or("operation", |label| label.split_once(' ').map_or("anonymous query", |(_, name)| name));
        for variable in &operation.variable_definitions {
            let name = variable.node.name.node.as_str();
            if !self.used.contains(name) {
                let message = format!("Variable ${name} is declared by {label} but not used");
                self.complain("variableNotUsed", (variable.pos, path), message, &[("variableName", name)]);
            }
        }
    }

    fn selections(
        &mut self,
        set: &'d SelectionSet,
        type_name: &str,
        on: &BTreeSet<&'static str>,
        path: &[String],
    ) -> Vec<SelectedField> {
        let mut all = Vec::new();
        for item in &set.items {
            if self.is_left_out(item.node.directives()) {
                continue;
            }
            match &item.node {
                Selection::Field(field) => all.extend(self.field(field, type_name, on, path)),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref().map(|on| on.node.on.node.as_str());
                    let step = condition.map_or("...".to_string(), |on| format!("... on {on}"));
                    let inside = (&fragment.node.selection_set.node, condition.unwrap_or(type_name), fragment.pos);
                    all.extend(self.fragment(inside, on, &[path, &[step]].concat()));
                }
                Selection::FragmentSpread(spread) => {
                    all.extend(self.spread(&spread.node.fragment_name.node, spread.pos, on, path));
                }
            }
        }
        all
    }

    fn spread(
        &mut self,
        name: &str,
        position: Pos,
        on: &BTreeSet<&'static str>,
        path: &[String],
    ) -> Vec<SelectedField> {
        let Some((known, fragment)) = self.document.fragments.get_key_value(name) else {
            let message = format!("Fragment {name} was used, but not defined");
            self.complain("useAndDefineFragment", (position, path), message, &[]);
            return Vec::new();
        };
        if self.open_fragments.contains(&name) {
            let message = format!("Fragment {name} contains an infinite loop");
            self.complain("infiniteLoop", (position, path), message, &[]);
            return Vec::new();
        }
        self.open_fragments.push(known);
        let condition = fragment.node.type_condition.node.on.node.as_str();
        let inside = (&fragment.node.selection_set.node, condition, position);
        let selected = self.fragment(inside, on, &[path, &[format!("... {name}")]].concat());
        self.open_fragments.pop();
        selected
    }

    /// `inside` is the selections, the type they are on, and where.
    fn fragment(
        &mut self,
        inside: (&'d SelectionSet, &str, Pos),
        on: &BTreeSet<&'static str>,
        path: &[String],
    ) -> Vec<SelectedField> {
        let (set, condition, position) = inside;
        let possible: BTreeSet<&'static str> = self.schema.possible(condition).into_iter().collect();
        if possible.is_empty() {
            let message = format!("No such type {condition}, so it can't be a fragment condition");
            self.complain("undefinedType", (position, path), message, &[("typeName", condition)]);
            return Vec::new();
        }
        let both: BTreeSet<&'static str> = possible.intersection(on).copied().collect();
        if both.is_empty() {
            let message = format!("Fragment on {condition} can't be spread inside {}", list(on));
            self.complain("cannotSpreadFragment", (position, path), message, &[("typeName", condition)]);
            return Vec::new();
        }
        self.selections(set, condition, &both, path)
    }

    fn field(
        &mut self,
        field: &'d Positioned<Field>,
        type_name: &str,
        on: &BTreeSet<&'static str>,
        path: &[String],
    ) -> Option<SelectedField> {
        self.fields_left = self.fields_left.checked_sub(1)?;
        if self.fields_left == 0 {
            self.problems.push(Problem::new("BAD_REQUEST", "The query is too large"));
        }
        let (position, field) = (field.pos, &field.node);
        let name = field.name.node.to_string();
        let key = field.response_key().node.to_string();
        let path = [path, std::slice::from_ref(&key)].concat();
        if name == "__typename" {
            let (type_name, on) = ("String".to_string(), on.clone());
            return Some(SelectedField {
                key,
                name,
                type_name,
                arguments: Map::new(),
                on,
                selected: Vec::new(),
                position,
            });
        }
        let Some(definition) = self.schema.field(type_name, &name) else {
            let message = format!("Field '{name}' doesn't exist on type '{type_name}'");
            let facts = [("typeName", type_name), ("fieldName", &name)];
            self.complain("undefinedField", (position, &path), message, &facts);
            return None;
        };
        let answered = named_type(&definition.ty.node).to_string();
        let arguments = self.arguments(field, definition, type_name, (position, &path));
        let is_leaf = self.schema.is_leaf(&answered);
        if is_leaf != field.selection_set.node.items.is_empty() {
            let message = if is_leaf {
                format!("Selections can't be made on scalars (field '{name}' returns {answered} but has selections)")
            } else {
                format!(
                    "Field must have selections (field '{name}' returns {answered} but has no selections. \
                     Did you mean '{name} {{ ... }}'?)"
                )
            };
            self.complain("selectionMismatch", (position, &path), message, &[]);
            return None;
        }
        let possible: BTreeSet<&'static str> = self.schema.possible(&answered).into_iter().collect();
        let selected = self.selections(&field.selection_set.node, &answered, &possible, &path);
        Some(SelectedField { key, name, type_name: answered, arguments, on: on.clone(), selected, position })
    }

    fn arguments(
        &mut self,
        field: &Field,
        definition: &FieldDefinition,
        type_name: &str,
        (position, path): Place,
    ) -> Map<String, Value> {
        let name = field.name.node.as_str();
        let mut read = Map::new();
        for (argument, value) in &field.arguments {
            let known = definition.arguments.iter().find(|known| known.node.name.node == argument.node);
            let Some(known) = known else {
                let message = format!("Field '{name}' doesn't accept argument '{}'", argument.node);
                let facts = [("name", name), ("argumentName", argument.node.as_str())];
                self.complain("argumentNotAccepted", (argument.pos, path), message, &facts);
                continue;
            };
            let wanted = &known.node.ty.node;
            if let Literal::Variable(variable) = &value.node {
                self.check_variable_type(variable, wanted, known.node.default_value.is_some(), value.pos, path);
            }
            let Some(given) = self.value(&value.node, value.pos, path) else { continue };
            let mut problems = Vec::new();
            let coerced = coerce(&given, wanted, &[], &mut problems);
            if !problems.is_empty() && !matches!(value.node, Literal::Variable(_)) {
                let message = format!(
                    "Argument '{}' on Field '{name}' has an invalid value ({}). Expected type '{wanted}'.",
                    argument.node, value.node
                );
                let facts = [("typeName", "Field"), ("argumentName", argument.node.as_str())];
                self.complain("argumentLiteralsIncompatible", (position, path), message, &facts);
            }
            read.insert(argument.node.to_string(), coerced);
        }
        for known in definition.arguments.iter().map(|known| &known.node) {
            let argument = known.name.node.as_str();
            if read.contains_key(argument) {
                continue;
            }
            match known.default_value.as_ref().map(|default| default.node.clone().into_json()) {
                Some(Ok(default)) => drop(read.insert(argument.to_string(), default)),
                _ if known.ty.node.nullable => {}
                _ => {
                    let message = format!("Field '{name}' is missing required arguments: {argument}");
                    let facts =
                        [("className", "Field"), ("name", name), ("arguments", argument), ("typeName", type_name)];
                    self.complain("missingRequiredArguments", (position, path), message, &facts);
                }
            }
        }
        if named_type(&definition.ty.node).ends_with("Connection")
            && let Err(problem) = page::check(&read)
        {
            self.problems.push(problem.at(position).within(path.get(1..).unwrap_or_default()));
        }
        read
    }

    fn check_variable_type(&mut self, name: &str, wanted: &Type, has_default: bool, at: Pos, path: &[String]) {
        let Some(variable) = self.declared.get(name) else { return };
        let declared = &variable.var_type.node;
        let may_lack = variable.default_value.is_some() || has_default;
        if !fits(declared, wanted, may_lack) {
            let argument = path.last().map_or("", String::as_str);
            let message =
                format!("Type mismatch on variable ${name} and argument of {argument} ({declared} / {wanted})");
            let facts = [("variableName", name), ("typeName", &declared.to_string())];
            self.complain("variableMismatch", (at, path), message, &facts);
        }
    }

    /// A literal with its variables filled in; none where it is a variable that the client left out.
    fn value(&mut self, literal: &Literal, at: Pos, path: &[String]) -> Option<Value> {
        Some(match literal {
            Literal::Variable(name) => {
                self.used.insert(name.to_string());
                if !self.declared.contains_key(name.as_str()) {
                    let message = format!("Variable ${name} is used by {} but not declared", path.concat());
                    self.complain("variableNotDefined", (at, path), message, &[("variableName", name)]);
                }
                return self.variables.get(name.as_str()).cloned();
            }
            Literal::List(items) => items.iter().filter_map(|item| self.value(item, at, path)).collect(),
            Literal::Object(fields) => {
                let read = |(name, field): (&async_graphql_value::Name, &Literal)| {
                    Some((name.to_string(), self.value(field, at, path)?))
                };
                Value::Object(fields.iter().filter_map(read).collect())
            }
            Literal::Enum(word) => json!(word.as_str()),
            plain => {
                plain.clone().into_const().and_then(|plain| ConstValue::into_json(plain).ok()).unwrap_or(Value::Null)
            }
        })
    }

    /// What is asked of the root twice under one name is served, and done, once.
    fn joined(&mut self, selected: Vec<SelectedField>, path: &[String]) -> Vec<SelectedField> {
        let mut joined: Vec<SelectedField> = Vec::new();
        for field in selected {
            match joined.iter_mut().find(|known| known.key == field.key) {
                Some(known) if known.name == field.name && known.arguments == field.arguments => {
                    known.selected.extend(field.selected);
                }
                Some(known) => {
                    let message =
                        format!("Field '{}' has a field conflict: {} or {}?", field.key, known.name, field.name);
                    self.complain("fieldConflict", (field.position, path), message, &[]);
                }
                None => joined.push(field),
            }
        }
        joined
    }

    /// By `@skip` or `@include`.
    fn is_left_out(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let mut is_left_out = false;
        for directive in directives {
            let name = directive.node.name.node.as_str();
            let when = directive.node.get_argument("if").map(|value| value.node.clone());
            let when = when.and_then(|value| self.value(&value, directive.pos, &[]));
            is_left_out |=
                matches!((name, when), ("skip", Some(Value::Bool(true))) | ("include", Some(Value::Bool(false))));
        }
        is_left_out
    }
}

fn fits(declared: &Type, wanted: &Type, may_lack: bool) -> bool {
    let is_sure_enough = wanted.nullable || !declared.nullable || may_lack;
    is_sure_enough
        && match (&declared.base, &wanted.base) {
            (BaseType::Named(one), BaseType::Named(other)) => one == other,
            (BaseType::List(one), BaseType::List(other)) => fits(one, other, false),
            (BaseType::Named(_), BaseType::List(inner)) => fits(declared, inner, may_lack),
            (BaseType::List(_), BaseType::Named(_)) => false,
        }
}

fn invalid_variable(variable: &VariableDefinition, value: &Value, problems: &[InputProblem]) -> Problem {
    let name = &variable.name.node;
    let path = |problem: &InputProblem| {
        problem
            .path
            .iter()
            .map(|step| step.as_str().map_or(step.to_string(), str::to_string))
            .collect::<Vec<_>>()
            .join(".")
    };
    let listed: Vec<String> = problems
        .iter()
        .filter(|problem| !problem.path.is_empty())
        .map(|problem| format!("{} ({})", path(problem), problem.explanation))
        .collect();
    let places = if listed.is_empty() { String::new() } else { format!(" for {}", listed.join(", ")) };
    let message = format!("Variable ${name} of type {} was provided invalid value{places}", variable.var_type.node);
    let problems: Vec<Value> =
        problems.iter().map(|problem| json!({ "path": problem.path, "explanation": problem.explanation })).collect();
    // The place is that of the dollar sign, one before the name.
    let Pos { line, column } = variable.name.pos;
    Problem::new("INVALID_VARIABLE", message)
        .at(Pos { line, column: column.saturating_sub(1) })
        .with("value", value.clone())
        .with("problems", Value::Array(problems))
}

fn named_type(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => named_type(inner),
    }
}

fn list(types: &BTreeSet<&'static str>) -> String {
    types.iter().copied().collect::<Vec<_>>().join(", ")
}
