//! `schema.graphql`, read once and looked up by name.

use async_graphql_parser::parse_schema;
use async_graphql_parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

const TEXT: &str = include_str!("../schema.graphql");
const BUILT_IN_SCALARS: [&str; 5] = ["ID", "String", "Int", "Float", "Boolean"];

pub(super) struct Schema {
    types: BTreeMap<String, TypeKind>,
}

impl Schema {
    pub fn get() -> &'static Self {
        static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TEXT));
        &SCHEMA
    }

    fn read(text: &str) -> Self {
        // The text is part of the program; what cannot be read would show in every test as an unknown type.
        let definitions = parse_schema(text).map(|document| document.definitions).unwrap_or_default();
        let named = definitions.into_iter().filter_map(|definition| match definition {
            TypeSystemDefinition::Type(named) => Some((named.node.name.node.to_string(), named.node.kind)),
            _ => None,
        });
        Self { types: named.collect() }
    }

    pub fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name)
    }

    pub fn field(&self, type_name: &str, field: &str) -> Option<&FieldDefinition> {
        let fields = match self.kind(type_name)? {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            _ => return None,
        };
        fields.iter().map(|field| &field.node).find(|definition| definition.name.node == field)
    }

    pub fn input_fields(&self, type_name: &str) -> Option<impl Iterator<Item = &InputValueDefinition>> {
        match self.kind(type_name)? {
            TypeKind::InputObject(input) => Some(input.fields.iter().map(|field| &field.node)),
            _ => None,
        }
    }

    pub fn enum_has(&self, type_name: &str, word: &str) -> Option<bool> {
        match self.kind(type_name)? {
            TypeKind::Enum(listed) => Some(listed.values.iter().any(|value| value.node.value.node == word)),
            _ => None,
        }
    }

    /// Whether it has no fields to select.
    pub fn is_leaf(&self, name: &str) -> bool {
        BUILT_IN_SCALARS.contains(&name) || matches!(self.kind(name), Some(TypeKind::Scalar | TypeKind::Enum(_)))
    }

    pub fn is_input(&self, name: &str) -> bool {
        self.is_leaf(name) || matches!(self.kind(name), Some(TypeKind::InputObject(_)))
    }

    /// The object types that a value of this type can be.
    pub fn possible(&self, name: &str) -> BTreeSet<&str> {
        let implements = |kind: &TypeKind| match kind {
            TypeKind::Object(object) => object.implements.iter().any(|interface| interface.node == name),
            _ => false,
        };
        match self.types.get_key_value(name) {
            Some((name, TypeKind::Object(_))) => BTreeSet::from([name.as_str()]),
            Some((_, TypeKind::Union(union))) => union.members.iter().map(|member| member.node.as_str()).collect(),
            Some((_, TypeKind::Interface(_))) => {
                self.types.iter().filter(|(_, kind)| implements(kind)).map(|(name, _)| name.as_str()).collect()
            }
            _ => BTreeSet::new(),
        }
    }
}
