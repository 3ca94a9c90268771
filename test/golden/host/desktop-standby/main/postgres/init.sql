-- Runs once, when the data folder is empty: a database for each app, with pgvector for embeddings.
CREATE DATABASE "shop";
\connect "shop"
CREATE EXTENSION IF NOT EXISTS vector;
CREATE DATABASE "dock_watch";
\connect "dock_watch"
CREATE EXTENSION IF NOT EXISTS vector;
