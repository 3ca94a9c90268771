-- Runs once, when the data folder is empty: a database for each app, with pgvector for embeddings.
CREATE DATABASE "shop";
\connect "shop"
CREATE EXTENSION IF NOT EXISTS vector;
